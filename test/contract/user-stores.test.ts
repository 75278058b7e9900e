// Every approach keeps the contract of a UserStore.
import { after, before, describe } from "node:test";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { rows } from "../helpers/stores.ts";
import { testUserStore } from "./user-store.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

for (const [name, approach] of rows) {
  describe(name, () => testUserStore(approach, () => server));
}
