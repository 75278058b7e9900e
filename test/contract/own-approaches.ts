// What `npm run contract` runs: everything that is promised, asked of the files that are its arguments.
import { after, before, describe } from "node:test";
import { needDatabase } from "../../lab/targets/database-for.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { testHttp } from "./http.ts";
import { testUserStore } from "./user-store.ts";

const approaches = await loadOwnApproaches(process.argv.slice(2));
let server: TestServer | undefined;
before(async () => {
  if (needDatabase(approaches)) server = await startTestServer();
});
after(() => server?.[Symbol.asyncDispose]());

for (const [name, approach] of Object.entries(approaches)) {
  describe(name, () => {
    describe("as a store", () => testUserStore(approach, () => server));
    describe("over HTTP", () => testHttp(name, approach, () => server));
  });
}
