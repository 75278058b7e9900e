// What the service answers, asked of one row of the table of approaches.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Approach } from "../../services/approaches/approach.ts";
import type { User } from "../../services/storage/user.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { JSON_TYPE, NOT_FOUND, startService, type TestService } from "../helpers/http.ts";
import type { TestServer } from "../helpers/postgres.ts";
import { prepareData, type StoreData } from "../helpers/stores.ts";
import { someUsers, userWithId } from "../helpers/users.ts";
import { testBatches } from "./http-batches.ts";
import { testBodies } from "./http-bodies.ts";
import { testOperations } from "./http-operations.ts";
import { testUsers } from "./http-users.ts";

const unusual = userWithId("~!#$%&'()*+,-./:;<=>?@[]^_`{|}", { name: 'Zoë 漢字 🦊 \u2028 " \\ \n' });
const users = [...someUsers(50), unusual];
const known = users[7] as User;

/**
 * Registers the tests of one row, over one service.
 * @param getServer returns the server for rows that need a database, when a test runs
 */
export function testHttp(name: string, approach: Approach, getServer: () => TestServer | undefined): void {
  let data: StoreData;
  let store: UserStore;
  let service: TestService;
  before(async () => {
    data = await prepareData(approach, users, getServer());
    store = await data.open();
    service = await startService(store, { approach: name, durability: approach.durability });
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    data[Symbol.dispose]();
  });

  test("answers 404 to every other route and method", async () => {
    const paths = ["/", "/nope", "//users/a", "/USERS/a", `/users/${known.id}/`, "/users/a/b"];
    const methods = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "POST"];
    const others = [
      ...paths.map((path) => `GET ${path}`),
      ...methods.map((method) => `${method} /users/${known.id}`),
    ];
    for (const other of others) {
      const [method, path] = other.split(" ") as [string, string];
      const { status, text } = await service.send(method, path);
      assert.deepEqual([status, text], [404, NOT_FOUND], other);
    }
    // What is wrong with a body does not matter where nobody reads it.
    for (const body of ["{", "", "x".repeat(20_000), "a=b"]) {
      const headers = body === "a=b" ? {} : JSON_TYPE;
      const { status, text } = await service.send("PUT", `/users/${known.id}`, body, headers);
      assert.deepEqual([status, text], [404, NOT_FOUND], `PUT ${body.slice(0, 9)}`);
    }
  });

  testUsers(approach, users, () => service);
  testBodies(approach, () => service);
  testBatches(approach, () => service);
  testOperations(
    name,
    approach,
    () => service,
    () => store,
  );
}
