// What POST /users makes of any body, asked of one row of the table of approaches.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Approach } from "../../services/approaches/approach.ts";
import { wrongEmails, wrongUsers } from "../helpers/bodies.ts";
import { ADA, JSON_TYPE, type TestService } from "../helpers/http.ts";

const MAX_BODY_BYTES = 16 * 1024;
const anyText = fc.string({ unit: "binary" });

/**
 * Registers the tests of one row.
 * @param getService returns the service when a test runs
 */
export function testBodies(approach: Approach, getService: () => TestService): void {
  const accepted = approach.writes ? 201 : 500;

  /** Checks that a body is refused, and that each issue says where and what. Returns the paths in order. */
  async function pathsOfIssues(body: unknown): Promise<string[]> {
    const { status, headers, json, text } = await getService().post(body);
    assert.equal(status, 400, `${JSON.stringify(body).slice(0, 80)}: ${text}`);
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    assert.ok(Array.isArray(json) && json.length > 0, text);
    for (const issue of json) {
      assert.deepEqual(Object.keys(issue), ["path", "message"]);
      assert.ok(typeof issue.message === "string" && issue.message !== "", text);
    }
    return json.map(({ path }: { path: string }) => path).toSorted();
  }

  describe("bodies of POST /users", () => {
    test("are accepted up to the limits of name and email", async () => {
      const emails = [`${"a".repeat(242)}@example.com`, "a@b.c", "zoë@exämple.com", "o'brien+x@a-b.co.uk"];
      const names = ["n", " ", "n".repeat(200), "🦊".repeat(200), 'tab\tnewline\nquote"', "\ufffd\uffff"];
      for (const sent of [
        ...emails.map((email) => ({ ...ADA, email })),
        ...names.map((name) => ({ ...ADA, name })),
      ]) {
        const { status, json } = await getService().post(sent);
        assert.equal(status, accepted, JSON.stringify(sent));
        if (approach.writes) assert.deepEqual({ name: json.name, email: json.email }, sent);
      }
    });

    for (const [form, [body, paths]] of Object.entries(wrongUsers))
      test(`are refused with ${form}, which is named`, async () => {
        assert.deepEqual([...new Set(await pathsOfIssues(body))], paths);
      });

    test("are refused with an email that is none", async () => {
      for (const email of wrongEmails)
        assert.deepEqual(new Set(await pathsOfIssues({ ...ADA, email })), new Set(["email"]), email);
    });

    test("are refused as a whole when they are no object", async () => {
      for (const body of [[], [ADA], '"text"', null, 1, true]) {
        assert.deepEqual(await pathsOfIssues(body), [""], JSON.stringify(body));
      }
    });

    test("are refused as a whole when they are no JSON, or none of ours", async () => {
      const ada = JSON.stringify(ADA);
      const polluting = ['{"__proto__":{"name":"a","email":"a@b.c"}}', `{"__proto__":1,${ada.slice(1)}`];
      const texts = [
        "",
        " ",
        "{",
        ada.slice(0, -1),
        `${ada},`,
        `${ada}${ada}`,
        "undefined",
        "name=Ada",
        "\0",
      ];
      for (const body of [...texts, ...polluting, `{"constructor":{"prototype":{}},${ada.slice(1)}`]) {
        assert.deepEqual(await pathsOfIssues(body), [""], body);
      }
    });

    test("are refused with 415 in any other type", async () => {
      const types = ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json", "*/*", ""];
      for (const headers of [{}, ...types.map((type) => ({ "content-type": type }))]) {
        const { status, json } = await getService().send("POST", "/users", JSON.stringify(ADA), headers);
        assert.deepEqual([status, typeof json.error], [415, "string"], JSON.stringify(headers));
      }
    });

    test("are judged by what they say up to 16 KiB, and refused with 413 beyond", async () => {
      const bodyOf = (bytes: number) => {
        const empty = JSON.stringify({ ...ADA, name: "" });
        return JSON.stringify({ ...ADA, name: "n".repeat(bytes - empty.length) });
      };
      assert.deepEqual(await pathsOfIssues(bodyOf(MAX_BODY_BYTES)), ["name"]);
      const padded = JSON.stringify(ADA).padEnd(MAX_BODY_BYTES);
      assert.equal((await getService().post(padded)).status, accepted);
      for (const headers of [JSON_TYPE, { ...JSON_TYPE, "transfer-encoding": "chunked" }]) {
        const tooLong = bodyOf(MAX_BODY_BYTES + 1);
        const { status, json } = await getService().send("POST", "/users", tooLong, headers);
        assert.deepEqual([status, typeof json.error], [413, "string"]);
      }
    });

    test("that are no UTF-8 are refused, however they come", async () => {
      const body = Buffer.from(JSON.stringify({ ...ADA, name: "caf\u00e9" }), "latin1");
      for (const headers of [JSON_TYPE, { ...JSON_TYPE, "transfer-encoding": "chunked" }]) {
        const { status, text } = await getService().send("POST", "/users", body, headers);
        assert.equal(status, 400, text);
      }
    });

    test("whatever they are, never make a fault", async () => {
      const field = fc.oneof(anyText, fc.emailAddress(), fc.jsonValue());
      const object = fc.record({ name: field, email: field, other: field }, { requiredKeys: [] });
      const anyBody = fc.oneof(
        fc.json(),
        anyText,
        object.map((value) => JSON.stringify(value)),
      );
      await fc.assert(
        fc.asyncProperty(anyBody, async (body) => {
          const { status, text } = await getService().post(body);
          assert.ok(status === 400 || status === accepted, `${status} ${text}`);
        }),
      );
    });

    test("with any name come back as they were sent", async () => {
      const anyName = fc.string({ unit: "binary", minLength: 1, maxLength: 100 });
      await fc.assert(
        fc.asyncProperty(anyName, async (name) => {
          fc.pre(!name.includes("\0"));
          const { status, json } = await getService().post({ ...ADA, name });
          assert.equal(status, accepted);
          if (approach.writes) assert.equal(json.name, name);
          if (!approach.writes || !approach.stores) return;
          assert.deepEqual((await getService().get(`/users/${json.id}`)).json, json);
        }),
      );
    });
  });
}
