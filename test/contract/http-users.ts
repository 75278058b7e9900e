// What the two routes answer, asked of one row of the table of approaches.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Approach } from "../../services/approaches/approach.ts";
import type { User } from "../../services/storage/user.ts";
import { ADA, NOT_FOUND, type TestService } from "../helpers/http.ts";
import { unknownIds } from "../helpers/users.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const JSON_UTF8 = "application/json; charset=utf-8";

/** Texts that are no percent-encoding of anything, as the last part of a path. */
const badEncodings = ["%", "%z", "%zz", "%0", "a%", "%ff", "%E0%A4%A", "%ED%A0%80", "%u0041"];

/**
 * Registers the tests of one row.
 * @param users those in the store
 * @param getService returns the service when a test runs
 */
export function testUsers(approach: Approach, users: readonly User[], getService: () => TestService): void {
  const known = users[7] as User;
  const getUser = (id: string) => getService().get(`/users/${encodeURIComponent(id)}`);

  /** Checks the answer to an id that nobody has. A row that stores nothing has everybody. */
  async function assertUnknown(id: string): Promise<void> {
    const { status, text, json } = await getUser(id);
    const what = `${id.slice(0, 80)}: ${status} ${text.slice(0, 80)}`;
    if (approach.stores) assert.deepEqual([status, text], [404, NOT_FOUND], what);
    else assert.deepEqual([status, json?.id], [200, id], what);
  }

  describe("GET /users/:id", () => {
    test("answers a known id with the user, its keys in order", async () => {
      for (const user of users) {
        const { status, headers, json } = await getUser(user.id);
        assert.deepEqual([status, headers["content-type"]], [200, JSON_UTF8]);
        assert.deepEqual(Object.keys(json), ["id", "name", "email", "created_at"]);
        if (approach.stores) assert.deepEqual(json, user);
        else assert.equal(json.id, user.id);
      }
    });

    test("answers 404 to ids that nobody has", async () => {
      for (const id of Object.values(unknownIds(known.id))) await assertUnknown(id);
      const none = await getService().get("/users/00000000");
      if (approach.stores) assert.equal(none.headers["content-type"], JSON_UTF8);
    });

    test("answers 404 to any other id, and never a fault", async () => {
      const ids = new Set(users.map(({ id }) => id));
      const anyText = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
      await fc.assert(
        fc.asyncProperty(anyText, async (id) => {
          fc.pre(!ids.has(id));
          await assertUnknown(id);
        }),
      );
    });

    test("answers 404 to what is no percent-encoding", async () => {
      for (const id of [...badEncodings, `${known.id}%zz`]) {
        const { status, text } = await getService().get(`/users/${id}`);
        assert.deepEqual([status, text], [404, NOT_FOUND], id);
      }
    });

    test("reads an id the same in any encoding, whatever the query", async () => {
      const everyByte = [...Buffer.from(known.id)].map((byte) => `%${byte.toString(16)}`).join("");
      for (const path of [known.id, everyByte, `${known.id}?`, `${known.id}?a=%zz&b`]) {
        assert.equal((await getService().get(`/users/${path}`)).json.id, known.id, path);
      }
    });
  });

  describe("POST /users", () => {
    if (approach.writes)
      test("creates a user of its own making, which GET then finds", async () => {
        const ids = new Set<string>();
        for (const sent of [
          ADA,
          ADA,
          { name: 'Zoë 漢字 🦊 \u2028 " \\ \n', email: "a.b+c@sub.example.org" },
        ]) {
          const { status, headers, json } = await getService().post(sent);
          assert.deepEqual([status, headers["content-type"]], [201, JSON_UTF8]);
          const { id, created_at } = json;
          assert.equal(JSON.stringify(json), JSON.stringify({ id, ...sent, created_at }));
          assert.match(id, UUID_V4);
          assert.equal(new Date(created_at).toISOString(), created_at);
          assert.ok(Math.abs(Date.now() - Date.parse(created_at)) < 10_000);
          if (approach.stores) assert.deepEqual((await getUser(id)).json, json);
          ids.add(id);
        }
        assert.equal(ids.size, 3);
      });
    else
      test("is refused, with the reason", async () => {
        const { status, json } = await getService().post(ADA);
        assert.equal(status, 500);
        assert.ok(typeof json.error === "string" && !["", "internal error"].includes(json.error), json.error);
      });
  });
}
