// A map that hears of what other processes append by PostgreSQL's notifications, and what happens when it does not.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { after, before, describe, type TestContext, test } from "node:test";
import { startProxy } from "../../lab/attack/proxy.ts";
import { startPostgres } from "../../lab/targets/postgres-server.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { runSql, startTestServer, type TestServer } from "../helpers/postgres.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const users = someUsers(5);
const fresh = (id: string) => userWithId(id, { created_at: new Date().toISOString() });
const isSubscribed = (store: UserStore) =>
  store.figures?.().find(({ name }) => name === "map_subscribed")?.value === 1;
const waitForUser = (store: UserStore, id: string) =>
  waitFor(async () => (await store.findById(id)) !== null);

let testServer: TestServer;
before(async () => {
  testServer = await startTestServer();
});
after(() => testServer[Symbol.asyncDispose]());

/** Two stores over one file, which hear of each other by notifications alone: their poll never comes. */
async function openTwo(t: TestContext, toUrl = (url: string) => url) {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const data = await prepareData(approaches["map-notified"], users, testServer);
  const url = toUrl(data.options.databaseUrl as string);
  const open = await approaches["map-notified"].load();
  const stores = await Promise.all([1, 2].map(() => open({ ...data.options, databaseUrl: url })));
  const [first, second] = stores as [UserStore, UserStore];
  return {
    first,
    second,
    stores,
    url: data.options.databaseUrl as string,
    append: (text: string) => appendFileSync(data.folder.inFolder("users.jsonl"), text),
    async [Symbol.asyncDispose]() {
      for (const store of stores) await store[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    },
  };
}

describe("two stores that are notified", () => {
  test("see each other's users", async (t) => {
    await using two = await openTwo(t);
    const { first, second } = two;
    for (const [here, there] of [
      [first, second],
      [second, first],
    ] as const) {
      const created = Array.from({ length: 50 }, (_, index) => fresh(`${here === first}-${index}`));
      for (const user of created) assert.equal(await here.insert(user), "inserted");
      for (const user of created) {
        await waitForUser(there, user.id);
        assert.deepEqual(await there.findById(user.id), user);
      }
    }
  });

  test("catch up when their subscriptions were cut and made again", async (t) => {
    await using two = await openTwo(t);
    const { first, stores, url, append } = two;
    for (const round of [1, 2]) {
      append(toLines([fresh(`unheard-${round}`)]));
      for (const store of stores) assert.equal(await store.findById(`unheard-${round}`), null);
      const cut = await runSql(
        url,
        (sql) => sql<{ pid: number }[]>`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      assert.ok(cut.length >= 2);
      for (const store of stores) {
        await waitForUser(store, `unheard-${round}`);
        await waitFor(() => isSubscribed(store));
      }
      await first.insert(fresh(`heard-${round}`));
      for (const store of stores) await waitForUser(store, `heard-${round}`);
    }
  });
});

describe("a store that is notified", () => {
  test("looks by itself, for who was killed before it could tell", async (t) => {
    await using two = await openTwo(t);
    two.append(toLines([fresh("untold")]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await two.second.findById("untold"), null);
    t.mock.timers.tick(10_000);
    await waitForUser(two.second, "untold");
  });

  test("starts without its server, says so, and takes users", async () => {
    const DATABASE_URL = "postgres://lab:lab@127.0.0.1:1/lab";
    using data = await prepareData(approaches["map-watched"], users);
    const env = { APPROACH: "map-notified", DATA_DIR: data.folder.path, DATABASE_URL };
    await using service = startServiceProcess(env);
    const address = await service.listening();
    assert.match(service.stderr(), /^map-notified: PostgreSQL is away, will try again: /);
    assert.equal((await fetch(`${address}/health`)).status, 200);
    assert.match(await (await fetch(`${address}/metrics`)).text(), /^map_subscribed 0$/m);
    const body = JSON.stringify({ name: "Ada", email: "ada@example.com" });
    const headers = { "content-type": "application/json" };
    assert.equal((await fetch(`${address}/users`, { method: "POST", body, headers })).status, 201);
    service.child.kill("SIGTERM");
    assert.deepEqual(await service.ended(), [0, null]);
  });
});

// The last: the server comes back on another port.
test("two stores take users while the server is away, and hear of them when it is back", async (t) => {
  await using proxy = await startProxy(Number(new URL(testServer.server.urlOf("postgres")).port));
  await using two = await openTwo(t, (text) => {
    const url = new URL(text);
    url.port = String(proxy.port);
    return url.href;
  });
  const { first, second, stores } = two;
  for (const store of stores) assert.ok(isSubscribed(store));
  proxy.pointTo(undefined);
  await testServer.server.stop();
  await waitFor(() => !stores.some(isSubscribed));
  assert.equal(await first.insert(fresh("away")), "inserted");
  assert.ok(await first.findById("away"));
  await first.check();
  assert.equal(await second.findById("away"), null);
  const server = await startPostgres({ folder: testServer.folder });
  t.after(() => server.stop());
  proxy.pointTo(Number(new URL(server.urlOf("postgres")).port));
  await waitForUser(second, "away");
  await waitFor(() => stores.every(isSubscribed));
});
