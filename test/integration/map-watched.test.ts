// A map that follows its file: what other processes append, however the news of it comes, or does not.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import fs, { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { describe, type TestContext, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import type { User } from "../../services/storage/user.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { parseMetrics } from "../helpers/metrics.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const users = someUsers(5);
const fresh = (id: string) => userWithId(id, { created_at: new Date().toISOString() });
const figureOf = (store: UserStore, name: string) =>
  store.figures?.().find((figure) => figure.name === name)?.value;
const waitForUser = (store: UserStore, id: string) =>
  waitFor(async () => (await store.findById(id)) !== null);

/** A store over five users, and another "process": what appends to its file. */
async function openWatched(seeded: readonly User[] = users) {
  const data = await prepareData(approaches["map-watched"], seeded);
  const store = await data.open();
  const file = data.folder.inFolder("users.jsonl");
  return {
    store,
    file,
    log: data.log,
    append: (text: string) => appendFileSync(file, text),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    },
  };
}

test("two services see each other's users", async () => {
  using data = await prepareData(approaches["map-watched"], users);
  const env = { APPROACH: "map-watched", DATA_DIR: data.folder.path };
  await using one = startServiceProcess(env);
  await using two = startServiceProcess(env);
  const [first, second] = [await one.listening(), await two.listening()];
  const headers = { "content-type": "application/json" };
  for (const [here, there] of [
    [first, second],
    [second, first],
  ]) {
    const body = JSON.stringify({ name: "Ada", email: "ada@example.com" });
    const user = (await (await fetch(`${here}/users`, { method: "POST", headers, body })).json()) as User;
    let answer = await fetch(`${there}/users/${user.id}`);
    await waitFor(async () => {
      answer = await fetch(`${there}/users/${user.id}`);
      return answer.ok;
    });
    assert.deepEqual(await answer.json(), user);
    const metrics = parseMetrics(await (await fetch(`${there}/metrics`)).text());
    assert.equal(metrics.get("map_followed_users_total"), 1);
    assert.equal(metrics.get("map_users"), users.length + (there === second ? 1 : 2));
  }
});

describe("a watched file", () => {
  test("is read on line by line, blank ones skipped, and never twice", async () => {
    await using watched = await openWatched();
    const { store, append } = watched;
    assert.equal(await store.insert(fresh("own")), "inserted");
    append(`\n \r\n${toLines([fresh("a")])}\n${toLines([fresh("b"), fresh("own")])}`);
    await waitForUser(store, "b");
    assert.ok(await store.findById("a"));
    assert.equal(figureOf(store, "map_users"), users.length + 3);
    assert.equal(figureOf(store, "map_followed_users_total"), 2);
  });

  test("keeps a line back until it is whole", async () => {
    await using watched = await openWatched();
    const { store, append, log } = watched;
    const [line, next] = [toLines([fresh("half")]), toLines([fresh("next")])];
    // Within a character of two bytes, too.
    const bytes = Buffer.from(toLines([userWithId("ë")]));
    const cut = bytes.indexOf("ë") + 1;
    append(toLines([fresh("before")]) + line.slice(0, 20));
    await waitForUser(store, "before");
    assert.equal(await store.findById("half"), null);
    append(line.slice(20));
    await waitForUser(store, "half");
    appendFileSync(watched.file, bytes.subarray(0, cut));
    appendFileSync(watched.file, bytes.subarray(cut));
    append(next);
    await waitForUser(store, "next");
    assert.deepEqual(await store.findById("ë"), userWithId("ë"));
    assert.deepEqual(log, []);
  });

  test("has its bad lines left out, and taken once a repair has made them whole", async () => {
    await using watched = await openWatched();
    const { store, append, file, log } = watched;
    const glued = toLines([fresh("glued")]);
    append(`{"id":"torn","name":"T${glued}nonsense\n${toLines([fresh("after")])}`);
    await waitForUser(store, "after");
    assert.equal(await store.findById("torn"), null);
    assert.equal(await store.findById("glued"), null);
    assert.equal(log.length, 2);
    assert.match(log[0] ?? "", /users\.jsonl, byte \d+: left out: /);
    const bytes = fs.readFileSync(file);
    const fd = fs.openSync(file, "r+");
    fs.writeSync(fd, " ".repeat(22), bytes.indexOf('{"id":"torn"'));
    fs.closeSync(fd);
    append(toLines([fresh("later")]));
    await waitForUser(store, "later");
    assert.ok(await store.findById("glued"));
    assert.equal(log.length, 2);
  });

  test("is read anew when it is replaced or shorter, or comes to be", async () => {
    await using watched = await openWatched([]);
    const { store, file } = watched;
    const replace = (text: string) => {
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    };
    replace(toLines([fresh("a"), fresh("b")]));
    await waitForUser(store, "b");
    replace(toLines([fresh("c"), fresh("d"), fresh("e")]));
    await waitForUser(store, "e");
    assert.equal(await store.findById("a"), null);
    writeFileSync(file, toLines([fresh("f")]));
    await waitForUser(store, "f");
    assert.equal(await store.findById("c"), null);
    fs.rmSync(file);
    await waitFor(async () => (await store.findById("f")) === null);
    assert.equal(await store.insert(fresh("own")), "inserted");
    writeFileSync(file, toLines([fresh("own"), fresh("g")]));
    await waitForUser(store, "g");
    assert.equal(figureOf(store, "map_users"), 2);
  });

  test("that grows faster than a slice is read to its end", async () => {
    await using watched = await openWatched();
    const { store, append } = watched;
    const many = Array.from({ length: 2_000 }, (_, index) => fresh(`many-${index}`));
    append(toLines([fresh("long"), userWithId("longer", { name: "é".repeat(200_000) }), ...many]));
    await waitForUser(store, "many-1999");
    assert.equal((await store.findById("longer"))?.name.length, 200_000);
    assert.equal(figureOf(store, "map_users"), users.length + 2_002);
  });
});

describe("events that are lost", () => {
  /** Puts another function in the place of fs.watch, for this test. */
  function replaceWatch(t: TestContext, watch: () => unknown): void {
    t.mock.method(fs, "watch", watch);
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
  }
  const deaf = () => Object.assign(new EventEmitter(), { close() {} });

  test("are made good by the poll", async (t) => {
    replaceWatch(t, deaf);
    t.mock.timers.enable({ apis: ["setInterval"] });
    await using watched = await openWatched();
    const { store, append } = watched;
    append(toLines([fresh("a"), fresh("b")]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await store.findById("a"), null);
    t.mock.timers.tick(1_000);
    await waitForUser(store, "b");
    assert.ok(await store.findById("a"));
    assert.ok((figureOf(store, "map_staleness_max_milliseconds") ?? 0) >= 40);
  });

  test("are no reason not to start where a file cannot be watched at all", async (t) => {
    replaceWatch(t, () => {
      throw new Error("ENOSPC: System limit for number of file watchers reached");
    });
    await using watched = await openWatched();
    assert.match(watched.log[0] ?? "", /users\.jsonl is polled, not watched: ENOSPC/);
    watched.append(toLines([fresh("a")]));
    await waitForUser(watched.store, "a");
  });
});
