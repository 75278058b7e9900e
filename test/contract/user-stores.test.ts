// Every approach keeps the contract of a UserStore.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { prepareData, rows } from "../helpers/stores.ts";
import { userWithId } from "../helpers/users.ts";
import { testUserStore } from "./user-store.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

for (const [name, approach] of rows) {
  describe(name, () => testUserStore(approach, () => server));
}

test("binary refuses to insert in the lesson's words", async () => {
  using data = await prepareData(approaches.binary, []);
  await using store = await data.open();
  const message = /^createUser is not supported .*new writes would break the sort order$/;
  await assert.rejects(async () => store.insert(userWithId("new")), { message });
});
