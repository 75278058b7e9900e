// Every approach answers the questions of its row.
import { after, before, describe } from "node:test";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { rows } from "../helpers/stores.ts";
import { testQuestions } from "./questions.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

for (const [name, approach] of rows) describe(name, () => testQuestions(approach, () => server));
