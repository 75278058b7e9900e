import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { describeIssues } from "../../services/http/schemas.ts";

/** What Ajv says of one thing that is wrong. */
function found(instancePath: string, keyword: string, rest: Partial<FastifySchemaValidationError> = {}) {
  return { instancePath, keyword, schemaPath: "#", params: {}, message: "is wrong", ...rest };
}

const missing = (missingProperty: string) => found("", "required", { params: { missingProperty } });
const unknown = (additionalProperty: string) =>
  found("", "additionalProperties", { params: { additionalProperty } });

test("a missing property is named, not the object that lacks it", () => {
  assert.deepEqual(describeIssues([missing("email")]), [{ path: "email", message: "is required" }]);
});

test("an unknown property is named, not the object that has it", () => {
  assert.deepEqual(describeIssues([unknown("role")]), [{ path: "role", message: "is not expected" }]);
});

test("the body as a whole has the empty path", () => {
  const message = "must be object";
  assert.deepEqual(describeIssues([found("", "type", { message })]), [{ path: "", message }]);
});

test("a property is named without the slash of its pointer, a nested one with dots", () => {
  const paths = describeIssues([found("/name", "maxLength"), found("/a/0/b", "type")]).map(
    ({ path }) => path,
  );
  assert.deepEqual(paths, ["name", "a.0.b"]);
});

test("a pattern is told in words, never as a regular expression", () => {
  const message = 'must match pattern "^[^\\s@]+$"';
  const issues = describeIssues(
    ["/name", "/users/3/email", "/other"].map((path) => found(path, "pattern", { message })),
  );
  assert.deepEqual(issues, [
    { path: "name", message: "must not contain NUL or half of a surrogate pair" },
    { path: "users.3.email", message: "must be an email address" },
    { path: "other", message: "has a wrong form" },
  ]);
});

test("every issue is told, in the order in which it was found", () => {
  const issues = describeIssues([missing("name"), missing("email"), unknown("role")]);
  assert.deepEqual(
    issues.map(({ path }) => path),
    ["name", "email", "role"],
  );
});
