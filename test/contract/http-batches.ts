// POST /users/batch, asked of one row of the table of approaches.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Approach } from "../../services/approaches/approach.ts";
import type { User } from "../../services/storage/user.ts";
import { ADA, postBatch, type TestService } from "../helpers/http.ts";

const BOB = { name: "Bob", email: "bob@example.com" };
/** As long as name and email may be, in characters of four bytes. */
const LONGEST = { name: "🦊".repeat(200), email: `${"🦊".repeat(242)}@example.com` };

/** Bodies that are refused, and the paths of what is wrong with them. */
const wrong: Record<string, [body: unknown, paths: string[]]> = {
  "nothing in it": [{}, ["users"]],
  "no list": [{ users: ADA }, ["users"]],
  "one user": [{ users: [ADA] }, ["users"]],
  "101 users": [{ users: Array.from({ length: 101 }, () => ADA) }, ["users"]],
  "one of its users wrong": [{ users: [ADA, ADA, ADA, { ...ADA, email: "ada" }] }, ["users.3.email"]],
  "several of its users wrong": [{ users: [{}, ADA, 1] }, ["users.0.email", "users.0.name", "users.2"]],
  "ids in it": [{ users: [ADA, { ...ADA, id: "x" }] }, ["users.1.id"]],
  "another property": [{ users: [ADA, ADA], atomic: true }, ["atomic"]],
};

/**
 * Registers the tests of one row.
 * @param getService returns the service when a test runs
 */
export function testBatches(approach: Approach, getService: () => TestService): void {
  const { batches = "none" } = approach;
  const readDataBytes = async () => (await getService().get("/info")).json.dataBytes;

  describe("POST /users/batch", () => {
    if (batches === "none")
      test("is refused, with the reason", async () => {
        const { status, json } = await postBatch(getService(), [ADA, BOB]);
        assert.equal(status, 500);
        assert.match(json.error, /^createUsers is not supported by /);
      });
    else
      test("creates users of its own making, which GET then finds", async () => {
        for (const sent of [[ADA, BOB], Array.from({ length: 100 }, () => LONGEST)]) {
          const { status, headers, json } = await postBatch(getService(), sent);
          assert.deepEqual([status, headers["content-type"]], [201, "application/json; charset=utf-8"]);
          const users = json.users as User[];
          const made = users.map(({ id, created_at }, index) => ({ id, ...sent[index], created_at }));
          assert.equal(JSON.stringify(json), JSON.stringify({ users: made }));
          assert.equal(new Set(users.map(({ id }) => id)).size, sent.length);
          for (const user of users) {
            assert.ok(Math.abs(Date.now() - Date.parse(user.created_at)) < 10_000);
            assert.deepEqual((await getService().get(`/users/${user.id}`)).json, user);
          }
        }
      });

    for (const [form, [body, paths]] of Object.entries(wrong))
      test(`is refused with ${form}, which is named, and nothing is stored`, async () => {
        const before = await readDataBytes();
        const { status, json } = await getService().send("POST", "/users/batch", JSON.stringify(body));
        assert.equal(status, 400);
        assert.deepEqual([...new Set(json.map(({ path }: { path: string }) => path))].toSorted(), paths);
        assert.equal(await readDataBytes(), before);
      });
  });
}
