// Every approach answers HTTP alike.
import { after, before, describe } from "node:test";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { rows } from "../helpers/stores.ts";
import { testHttp } from "./http.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

for (const [name, approach] of rows) {
  describe(name, () => testHttp(name, approach, () => server));
}
