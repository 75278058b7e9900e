// Stores that are opened at once on a database in which nothing is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { prepareData } from "../helpers/stores.ts";
import { userWithId } from "../helpers/users.ts";

const ROUNDS = 5;

let database: TestServer;
before(async () => {
  database = await startTestServer();
});
after(() => database[Symbol.asyncDispose]());

for (const name of ["postgres", "postgres-indexed"] as const)
  test(`${name} is opened by four at once on an empty database, again and again`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      using data = await prepareData(approaches[name], undefined, database);
      const opened = await Promise.allSettled(Array.from({ length: 4 }, data.open));
      const stores = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      try {
        assert.deepEqual(
          opened.map((one) => (one.status === "rejected" ? String(one.reason) : "open")),
          ["open", "open", "open", "open"],
        );
        assert.equal(await stores[0]?.insert(userWithId("a")), "inserted");
        for (const store of stores) assert.deepEqual({ ...(await store.findById("a")) }, userWithId("a"));
      } finally {
        for (const store of stores) await store[Symbol.asyncDispose]();
      }
    }
  });
