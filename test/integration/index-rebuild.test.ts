// An index that is made anew beside reads and writes: who was found is found, and who was acknowledged is there after any end.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { readPair } from "../../lab/crash/index-pair.ts";
import { rebuildIndex } from "../../services/storage/index-rebuild.ts";
import { openRebuildingStore } from "../../services/storage/rebuilding-store.ts";
import type { User } from "../../services/storage/user.ts";
import { writeIndexedUsers, writeUsers } from "../helpers/data-files.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";
import { SQLITE } from "../helpers/stores.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const REBUILD_AFTER = 10;

function open(folder: Folder, log: string[] = []) {
  return openRebuildingStore(
    {
      dataDir: folder.path,
      databaseUrl: undefined,
      sqlite: SQLITE,
      durability: "process",
      log: (line) => log.push(line),
    },
    REBUILD_AFTER,
  );
}

const filesOf = (folder: Folder) => [folder.inFolder("users.jsonl"), folder.inFolder("users.idx")] as const;
const figureOf = (store: Awaited<ReturnType<typeof open>>, name: string) =>
  store.figures?.().find((figure) => figure.name === name)?.value ?? 0;

describe("an index that is made anew", () => {
  test("is that of the file's records, the first of each id, however they came", () => {
    const id = fc.oneof(fc.uuid(), fc.nat(40).map(String), fc.constantFrom("!", "~", "~".repeat(36)));
    return fc.assert(
      fc.asyncProperty(
        fc.array(id, { maxLength: 30 }),
        fc.array(fc.array(id, { maxLength: 30 }), { maxLength: 4 }),
        async (seeded, batches) => {
          using folder = createFolder();
          const [dataFile, indexFile] = filesOf(folder);
          writeIndexedUsers(
            folder.path,
            [...new Set(seeded)].map((one) => userWithId(one)),
          );
          const all = new Set(seeded);
          for (const [number, batch] of batches.entries()) {
            appendFileSync(
              dataFile,
              toLines(batch.map((one) => userWithId(one, { name: `batch ${number}` }))),
            );
            for (const one of batch) all.add(one);
            const untilByte = readFileSync(dataFile).length;
            assert.equal(await rebuildIndex({ dataFile, indexFile, untilByte }), all.size);
          }
          const { isOne, entries } = readPair(dataFile, indexFile);
          assert.deepEqual({ isOne, entries }, { isOne: true, entries: all.size });
          await using store = await open(folder);
          for (const one of seeded) assert.equal((await store.findById(one))?.name, userWithId(one).name);
          for (const one of all) assert.equal((await store.findById(one))?.id, one);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("has all users found before, while and after it is made", async () => {
    using folder = createFolder();
    const users = someUsers(400);
    writeIndexedUsers(folder.path, users.slice(0, 100));
    await using store = await open(folder);
    let readsBeside = 0;
    for (const [count, user] of users.slice(100).entries()) {
      assert.equal(await store.insert(user), "inserted");
      for (const known of [user, users[(count * 7) % 100] as User, users[100 + (count >> 1)] as User])
        assert.deepEqual(await store.findById(known.id), known);
      if (figureOf(store, "binary_rebuilding") === 1) readsBeside++;
      assert.equal(await store.findById(`${user.id.slice(0, -1)}~`), null);
      await nextTurn();
    }
    for (let waits = 0; figureOf(store, "binary_rebuilding") === 1 && waits < 500; waits++) await sleep(10);
    for (const user of users) assert.deepEqual(await store.findById(user.id), user);
    assert.ok(figureOf(store, "binary_rebuilds_total") > 1);
    assert.ok(readsBeside > 0);
    assert.ok(figureOf(store, "binary_tail_users") < 4 * REBUILD_AFTER + REBUILD_AFTER);
  });

  test("is made at the start when the tail is long, and what a kill has left is removed", async () => {
    using folder = createFolder();
    const users = someUsers(95);
    writeUsers(folder.path, users);
    rmSync(folder.inFolder("users.idx"), { force: true });
    mkdirSync(folder.inFolder(".users.idx.tmp-42-aBc123"));
    for (const name of ["lock", "users.idx"])
      writeFileSync(folder.inFolder(`.users.idx.tmp-42-aBc123/${name}`), "");
    await using store = await open(folder);
    assert.equal((await store.describe()).recordsAtStart, 95);
    assert.ok(figureOf(store, "binary_tail_users") <= REBUILD_AFTER);
    for (const user of users) assert.deepEqual(await store.findById(user.id), user);
    assert.deepEqual(readdirSync(folder.path).sort(), ["users.idx", "users.jsonl"]);
  });

  test("has the permissions of the one before", async () => {
    using folder = createFolder();
    const [dataFile, indexFile] = filesOf(folder);
    writeIndexedUsers(folder.path, someUsers(5));
    chmodSync(indexFile, 0o600);
    appendFileSync(dataFile, toLines([userWithId("another")]));
    assert.equal(await rebuildIndex({ dataFile, indexFile, untilByte: statSync(dataFile).size }), 6);
    assert.equal(statSync(indexFile).mode & 0o777, 0o600);
  });

  test("ends with what is new where the file has been appended to itself", async () => {
    using folder = createFolder();
    const users = someUsers(65);
    writeIndexedUsers(folder.path, users.slice(0, 50));
    const again = users.map((user) => ({ ...user, name: "the same again" }));
    appendFileSync(folder.inFolder("users.jsonl"), toLines(again.slice(0, 50)));
    for (const count of [50, 60]) {
      {
        await using store = await open(folder);
        assert.equal(figureOf(store, "binary_indexed_users"), count);
        assert.ok(figureOf(store, "binary_tail_users") <= REBUILD_AFTER);
        for (const user of users.slice(0, 50)) assert.deepEqual(await store.findById(user.id), user);
        assert.deepEqual(await store.findById(again[50]?.id ?? ""), count === 50 ? null : again[50]);
      }
      appendFileSync(folder.inFolder("users.jsonl"), toLines(again.slice(50)));
    }
  });

  test("that cannot be made keeps writes out when the tail is full, and users found", async () => {
    using folder = createFolder();
    const users = someUsers(85);
    writeIndexedUsers(folder.path, users.slice(0, 20));
    const log: string[] = [];
    await using store = await open(folder, log);
    // The index of other data: what stands behind it cannot be told.
    const good = readFileSync(folder.inFolder("users.idx"));
    writeFileSync(folder.inFolder("users.idx"), good.subarray(0, 57));
    const outcomes: unknown[] = [];
    for (const user of users.slice(20))
      outcomes.push(await Promise.resolve(store.insert(user)).catch((error: Error) => error.name));
    assert.deepEqual(new Set(outcomes), new Set(["inserted", "StoreUnavailable"]));
    assert.ok(outcomes.filter((outcome) => outcome === "inserted").length >= 4 * REBUILD_AFTER);
    for (const [index, user] of users.slice(20).entries())
      assert.equal((await store.findById(user.id)) !== null, outcomes[index] === "inserted");
    assert.match(log[0] as string, /users\.idx cannot be made anew: .*not a multiple of 58/);
    writeFileSync(folder.inFolder("users.idx"), good);
    assert.equal(await store.insert(userWithId("again")), "inserted");
  });
});

/** How the folders begin in which an index is being made. */
const PREFIX = ".users.idx.tmp-";
const leftOvers = (folder: Folder) =>
  readdirSync(folder.path).filter((name) => name.startsWith(PREFIX)).length;

/** Inserts users without pause, and prints each when it is acknowledged. */
const WRITER = `
  const [module, folder] = process.argv.slice(1);
  const { openRebuildingStore } = await import(module);
  const store = await openRebuildingStore({ dataDir: folder, durability: "lesson", log: console.error }, ${REBUILD_AFTER});
  for (;;) {
    const user = { id: crypto.randomUUID(), name: "n", email: "e", created_at: "c" };
    await store.insert(user);
    process.stdout.write(user.id + "\\n");
    await new Promise(setImmediate);
  }`;

function startWriter(folder: Folder) {
  const module = new URL("../../services/storage/rebuilding-store.ts", import.meta.url).href;
  return spawn(process.execPath, ["--input-type=module", "-e", WRITER, module, folder.path], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("users who were acknowledged are there after kill -9, whatever was being made", async () => {
  using folder = createFolder();
  const acknowledged: string[] = [];
  let leftOver = 0;
  for (let round = 0; round < 8; round++) {
    const child = startWriter(folder);
    child.stderr.pipe(process.stderr, { end: false });
    const before = acknowledged.length;
    createInterface({ input: child.stdout }).on("line", (id) => acknowledged.push(id));
    while (acknowledged.length < before + 30 + 17 * round && child.exitCode === null) await sleep(1);
    // Half of the kills come when there is half of an index.
    for (let waits = 0; round % 2 === 0 && leftOvers(folder) === 0 && waits < 3_000; waits++) await sleep(1);
    child.kill("SIGKILL");
    await once(child, "close");
    leftOver += leftOvers(folder);
    await using store = await open(folder);
    for (const id of acknowledged) assert.equal((await store.findById(id))?.id, id);
  }
  assert.ok(leftOver > 0, "no kill came while an index was being made");
  const { records, badLines } = readPair(...filesOf(folder));
  assert.deepEqual([badLines, records >= acknowledged.length], [0, true]);
});

test("a process that starts leaves alone what another is making", async () => {
  using folder = createFolder();
  const child = startWriter(folder);
  const ended = once(child, "close");
  let [acknowledged, said] = [0, ""];
  createInterface({ input: child.stdout }).on("line", () => acknowledged++);
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  try {
    let unfinished = findUnfinished(folder);
    for (let turn = 0; turn < 5_000 && unfinished === undefined; turn++) {
      await sleep(1);
      if (findUnfinished(folder) === undefined) continue;
      child.kill("SIGSTOP");
      await sleep(20);
      unfinished = findUnfinished(folder);
      if (unfinished === undefined) child.kill("SIGCONT");
    }
    assert.ok(unfinished !== undefined);
    {
      await using _second = await open(folder);
      assert.equal(findUnfinished(folder), unfinished);
    }
    const before = acknowledged;
    child.kill("SIGCONT");
    for (let turn = 0; turn < 5_000 && acknowledged < before + 100; turn++) await sleep(1);
    assert.ok(acknowledged >= before + 100);
    assert.equal(said, "");
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
});

/** Returns the index that is being written. */
function findUnfinished(folder: Folder): string | undefined {
  const paths = readdirSync(folder.path)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => folder.inFolder(`${name}/users.idx`));
  return paths.find((path) => existsSync(path));
}
