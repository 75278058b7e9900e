// SQLite while another connection holds the write lock.
import assert from "node:assert/strict";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { approaches } from "../../services/approaches/index.ts";
import { buildServer } from "../../services/http/server.ts";
import { StoreUnavailable } from "../../services/storage/faults.ts";
import { assertVersion } from "../../services/storage/sqlite-connection.ts";
import type { User } from "../../services/storage/user.ts";
import type { SqliteSettings, UserStore } from "../../services/storage/user-store.ts";
import { parseMetrics } from "../helpers/metrics.ts";
import { startServiceProcess } from "../helpers/service-process.ts";
import { prepareData, SQLITE } from "../helpers/stores.ts";
import { someUsers } from "../helpers/users.ts";

const users = someUsers(5);
const [known, created] = someUsers(6).slice(4) as [User, User];

/** Runs with a store that waits 20 ms for a lock, or as is said, and another connection to its database. */
async function withLocker(
  run: (store: UserStore, other: DatabaseSync) => Promise<void>,
  settings: Partial<SqliteSettings> = {},
): Promise<void> {
  using data = await prepareData(approaches.sqlite, users);
  const open = await approaches.sqlite.load();
  await using store = await open({ ...data.options, sqlite: { ...SQLITE, busyTimeoutMs: 20, ...settings } });
  using other = new DatabaseSync(data.folder.inFolder("users.db"));
  await run(store, other);
}

describe("SQLite while another process writes", () => {
  test("refuses an insert as unavailable, goes on reading, and inserts after the lock is released", () =>
    withLocker(async (store, other) => {
      other.exec("BEGIN IMMEDIATE");
      await assert.rejects(
        async () => store.insert(created),
        (error) => error instanceof StoreUnavailable && /SQLITE_BUSY/.test(error.message),
      );
      assert.deepEqual({ ...(await store.findById(known.id)) }, known);
      assert.equal(await store.findById(created.id), null);
      await store.check();
      await store.describe();
      other.exec("COMMIT");
      assert.equal(await store.insert(created), "inserted");
      assert.deepEqual({ ...(await store.findById(created.id)) }, created);
    }));

  test("answers 503 with Retry-After over HTTP, and 201 after the lock is released", () =>
    withLocker(async (store, other) => {
      const log: string[] = [];
      const options = {
        approach: "sqlite",
        durability: "power",
        log: (line: string) => log.push(line),
      } as const;
      const app = buildServer(store, options);
      const post = () =>
        app.inject({ method: "POST", url: "/users", payload: { name: "Ada", email: "ada@example.com" } });
      other.exec("BEGIN IMMEDIATE");
      const refused = await post();
      assert.equal(refused.statusCode, 503);
      assert.deepEqual(refused.json(), { error: "SQLITE_BUSY: another process holds the lock" });
      assert.match(String(refused.headers["retry-after"]), /^\d+$/);
      const read = await app.inject(`/users/${known.id}`);
      assert.deepEqual([read.statusCode, read.json()], [200, known]);
      assert.equal((await app.inject("/health")).statusCode, 200);
      other.exec("ROLLBACK");
      assert.equal((await post()).statusCode, 201);
      const metrics = parseMetrics((await app.inject("/metrics")).payload);
      assert.equal(metrics.get("sqlite_busy_total"), 1);
      assert.equal(log.length, 1);
      await app.close();
    }));

  test("sees at once what the other has committed", () =>
    withLocker(async (store, other) => {
      const { id, name, email, created_at } = created;
      other.prepare("INSERT INTO users VALUES (?, ?, ?, ?)").run(id, name, email, created_at);
      assert.deepEqual({ ...(await store.findById(id)) }, created);
      assert.equal(await store.insert(created), "duplicate");
    }));

  // SQLite waits until the timeout is over, not longer; what is more is the machine's.
  for (const busyTimeoutMs of [0, 400, 1_200])
    test(`keeps a request for its timeout of ${busyTimeoutMs} ms, once, and never takes it for a success`, () =>
      withLocker(
        async (store, other) => {
          other.exec("BEGIN IMMEDIATE");
          const startedMs = performance.now();
          await assert.rejects(async () => store.insert(created), StoreUnavailable);
          const waitedMs = performance.now() - startedMs;
          assert.ok(waitedMs >= busyTimeoutMs, `${waitedMs} ms`);
          if (busyTimeoutMs > 1_000) assert.ok(waitedMs < 3 * busyTimeoutMs, `${waitedMs} ms`);
          other.exec("COMMIT");
          assert.equal(await store.findById(created.id), null);
        },
        { busyTimeoutMs },
      ));
});

/** Takes the lock of writers in a thread, says so, and gives it back after a while. */
const HOLD_WRITE_LOCK = `
  const { parentPort, workerData } = require("node:worker_threads");
  const db = new (require("node:sqlite").DatabaseSync)(workerData.file);
  db.exec("BEGIN IMMEDIATE");
  parentPort.postMessage("held");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData.holdMs);
  db.exec("ROLLBACK");`;

describe("SQLite with a rollback journal", () => {
  test("keeps readers out while a writer commits, and answers them afterwards", () =>
    withLocker(
      async (store, other) => {
        other.exec("BEGIN EXCLUSIVE");
        for (const ask of [() => store.findById(known.id), () => store.check(), () => store.insert(created)])
          await assert.rejects(async () => ask(), StoreUnavailable);
        assert.equal(store.figures?.()[0]?.value, 3);
        other.exec("COMMIT");
        assert.deepEqual({ ...(await store.findById(known.id)) }, known);
      },
      { journalMode: "delete" },
    ));

  const batch = someUsers(12).slice(5);

  test("refuses a batch that a reader keeps from its commit, stores none of it, and all of it afterwards", () =>
    withLocker(
      async (store, other) => {
        other.exec("BEGIN");
        other.prepare("SELECT * FROM users").all();
        await assert.rejects(async () => store.insertMany?.(batch), StoreUnavailable);
        other.exec("COMMIT");
        for (const { id } of batch) assert.equal(await store.findById(id), null);
        assert.equal(await store.insertMany?.(batch), "inserted");
        for (const user of batch) assert.deepEqual({ ...(await store.findById(user.id)) }, user);
      },
      { journalMode: "delete" },
    ));

  test("keeps a batch for its timeout once, though its beginning and its commit both wait", () =>
    withLocker(
      async (store, other) => {
        other.exec("BEGIN");
        other.prepare("SELECT * FROM users").all();
        const file = other.location() as string;
        const holder = new Worker(HOLD_WRITE_LOCK, { eval: true, workerData: { file, holdMs: 1_500 } });
        await once(holder, "message");
        const startedMs = performance.now();
        await assert.rejects(async () => store.insertMany?.(batch), StoreUnavailable);
        const waitedMs = performance.now() - startedMs;
        // Both in full would be half a time more than this.
        assert.ok(waitedMs < 3_000, `${waitedMs} ms`);
        other.exec("COMMIT");
        await once(holder, "exit");
        assert.equal(await store.insertMany?.(batch), "inserted");
      },
      { journalMode: "delete", busyTimeoutMs: 2_000 },
    ));

  test("is what two services have that start together on a database with a write-ahead log", async () => {
    using data = await prepareData(approaches.sqlite, users);
    const env = {
      APPROACH: "sqlite",
      DATA_DIR: data.folder.path,
      SQLITE_BUSY_TIMEOUT_MS: "0",
      SQLITE_JOURNAL_MODE: "delete",
      SQLITE_SYNCHRONOUS: "normal",
    };
    await using first = startServiceProcess(env);
    await using second = startServiceProcess(env);
    for (const service of [first, second]) {
      const info = await (await fetch(`${await service.listening()}/info`)).json();
      const { journal_mode, synchronous, busy_timeout } = (info as { settings: Record<string, unknown> })
        .settings;
      assert.deepEqual([journal_mode, synchronous, busy_timeout], ["delete", 1, 0]);
      assert.equal((info as { durability: string }).durability, "process");
    }
  });

  test("is refused as long as another service holds the write-ahead log", async () => {
    using data = await prepareData(approaches.sqlite, users);
    using holder = new DatabaseSync(data.folder.inFolder("users.db"));
    holder.prepare("SELECT count(*) FROM users").get();
    const env = { APPROACH: "sqlite", DATA_DIR: data.folder.path, SQLITE_JOURNAL_MODE: "delete" };
    await using service = startServiceProcess(env);
    assert.deepEqual(await service.ended(), [1, null]);
    assert.match(service.stderr(), /^[^\n]*users\.db: database is locked\n$/);
  });
});

describe("the version of SQLite", () => {
  for (const version of ["3.51.3", "3.51.10", "3.52.0", "3.100.0", "4.0.0"])
    test(`${version} is accepted`, () => assertVersion(version));
  for (const version of ["3.51.2", "3.9.0", "3.50.10", "2.99.99"])
    test(`${version} is refused`, () => {
      assert.throws(() => assertVersion(version), {
        message: `SQLite ${version} is too old; expected 3.51.3 or newer`,
      });
    });
});
