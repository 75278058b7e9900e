// GET /openapi.json: what the service says of itself.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { openBaseline } from "../../services/approaches/baseline.ts";
import { buildServer } from "../../services/http/server.ts";
import { UNASKED_IDS } from "../../services/storage/questions.ts";
import { type Description, findDeviation } from "../helpers/description.ts";
import { SQLITE } from "../helpers/stores.ts";

const store = await openBaseline({
  dataDir: "",
  databaseUrl: undefined,
  sqlite: SQLITE,
  durability: "lesson",
  log: () => {},
});
const app = buildServer(store, { approach: "baseline", durability: "nothing", log: () => {} });
const answer = await app.inject("/openapi.json");
const description = answer.json<Description>();

describe("the description", () => {
  test("is an OpenAPI 3.1 document", async () => {
    assert.equal(answer.statusCode, 200);
    const { valid, errors } = await new Validator().validate(structuredClone(description) as never);
    assert.ok(valid, JSON.stringify(errors));
    assert.match(description.openapi, /^3\.1\./);
  });

  test("has no path in the place of an id but those that are known to be none", () => {
    const paths = Object.entries(description.paths).filter(([, operations]) => "get" in operations);
    const taken = paths.flatMap(([path]) => /^\/users\/([^{/]+)$/.exec(path)?.[1] ?? []);
    assert.deepEqual(taken, UNASKED_IDS);
  });

  test("has every route of the service, each with its failures", () => {
    const statuses = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { responses }]) => [
        `${method.toUpperCase()} ${path}`,
        Object.keys(responses).map(Number),
      ]),
    );
    assert.deepEqual(Object.fromEntries(statuses), {
      "GET /users/{id}": [200, 404, 500, 503],
      "POST /users": [201, 400, 409, 413, 415, 500, 503],
      "POST /users/batch": [201, 400, 409, 413, 415, 500, 503],
      "GET /users": [200, 400, 500, 501, 503],
      "GET /users/count": [200, 400, 500, 501, 503],
      "GET /users/{id}/orders/count": [200, 404, 500, 501, 503],
      "GET /users/orders/count": [200, 400, 500, 501, 503],
      "POST /orders": [201, 400, 404, 409, 413, 415, 500, 501, 503],
      "GET /health": [200, 500, 503],
      "GET /info": [200, 500, 503],
      "GET /metrics": [200, 500],
      "GET /openapi.json": [200, 500],
    });
  });
});

describe("an answer that is not as described is found", () => {
  const exchange = {
    method: "GET",
    path: "/users/a?b",
    status: 404,
    type: "application/json",
    text: '{"error":"x"}',
  };
  const deviations: [string, Partial<typeof exchange>, RegExp | null][] = [
    ["none", {}, null],
    ["by its status", { status: 302 }, /status 302 is not described/],
    ["by its type", { type: "text/html" }, /404 as text\/html/],
    ["by its body", { text: '{"error":"x","stack":"y"}' }, /additional properties/],
    ["but not where no route is", { path: "/users/a/b", status: 302 }, null],
  ];
  for (const [form, change, expected] of deviations)
    test(form, () => {
      const deviation = findDeviation(description, { ...exchange, ...change });
      if (expected === null) assert.equal(deviation, null);
      else assert.match(deviation ?? "", expected);
    });
});
