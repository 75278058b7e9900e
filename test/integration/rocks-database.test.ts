// At power RocksDB's log is synced from outside. What the system was asked for says whether each write of it was, and each new log;
// a reader, whether any is shown before; and a descriptor that was taken away, what follows a sync that failed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep, setImmediate as waitForTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { StoreUnavailable } from "../../services/storage/faults.ts";
import { openRocksDatabase } from "../../services/storage/rocks-database.ts";
import type { User } from "../../services/storage/user.ts";
import { findDescriptor, makeUnsyncable, withoutDescriptors } from "../helpers/descriptors.ts";
import { createFolder } from "../helpers/folder.ts";
import { SMALL_ROCKS } from "../helpers/small-rocks.ts";
import { withoutStrace } from "../helpers/strace.ts";
import { someUsers } from "../helpers/users.ts";

const PROGRAM = fileURLToPath(new URL("../helpers/synced-rocks.ts", import.meta.url));
/** A call that begins, or the rest of one that another thread's came between; and the end of a line that says what came of it. */
const CALL = /^(\d+) +(?:<\.\.\. )?(\w+)(?:\(\d+<([^>]+)>| resumed>)/;
const RETURNED = /\) += (-?\d+)[^")]*(?:\([^)]*\))?$/;

test("each write of RocksDB's log is synced before the next, and its folder for a new log", {
  skip: withoutStrace,
}, () => {
  using folder = createFolder();
  const [store, trace] = [folder.inFolder("store"), folder.inFolder("trace")];
  const watch = ["-f", "-y", "-qq", "-e", "trace=write,fdatasync,fsync", "-o", trace];
  execFileSync("strace", [...watch, process.execPath, PROGRAM, store]);

  const logs = new Set<string>();
  const going = new Map<string, string>();
  let unsynced: string | null = null;
  let writes = 0;
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    const [, thread = "", call, begun] = CALL.exec(line) ?? [];
    const result = RETURNED.exec(line)?.[1];
    const file = begun ?? going.get(thread);
    if (begun !== undefined) going.set(thread, begun);
    if (call === "write" && begun?.endsWith(".log")) {
      assert.equal(unsynced, null, line);
      unsynced = begun;
      writes++;
    }
    if (result === undefined || unsynced === null || (file !== unsynced && file !== store)) continue;
    if (call === "fsync" || call === "fdatasync") assert.equal(result, "0", line);
    if (call === "fsync" && file === store) logs.add(unsynced);
    if (call === "fdatasync" && file === unsynced) {
      assert.ok(logs.has(unsynced), line);
      unsynced = null;
    }
  }
  assert.equal(unsynced, null, "the last write");
  assert.equal(writes, 200);
  assert.ok(logs.size > 2, `${logs.size} logs`);
});

test("nobody reads a user whose write is not synced yet", async () => {
  using folder = createFolder();
  await using rocks = await openRocksDatabase(folder.path, SMALL_ROCKS, true);
  let reads = 0;
  for (const user of someUsers(100)) {
    let isWritten = false;
    const writing = rocks.write([user]).then(() => {
      isWritten = true;
    });
    for (; (await rocks.find(user.id)) === null; reads++);
    // The write's own promise may be a few steps behind.
    await waitForTurn();
    assert.ok(isWritten, `after ${reads} reads`);
    await writing;
  }
  assert.ok(reads > 0);
});

describe("a RocksDB whose sync has failed", { skip: withoutDescriptors }, () => {
  const [first, second, third] = someUsers(3) as [User, User, User];
  const findLog = () => findDescriptor(".log", false);

  test("does not show what it could not sync, before it is opened again", async () => {
    using folder = createFolder();
    await using rocks = await openRocksDatabase(folder.path, SMALL_ROCKS, true);
    await rocks.write([first]);
    makeUnsyncable(findLog());
    await assert.rejects(rocks.write([second]), { code: "EINVAL" });
    await assert.rejects(rocks.write([third]), StoreUnavailable);
    assert.deepEqual(await rocks.find(first.id), first);
    assert.equal(await rocks.find(second.id), null);
    await rocks.mend();
    await rocks.write([third]);
    for (const user of [first, second, third]) assert.deepEqual(await rocks.find(user.id), user);
  });

  test("is opened again also when the log that was synced cannot be closed", async () => {
    using folder = createFolder();
    await using rocks = await openRocksDatabase(folder.path, SMALL_ROCKS, true);
    await rocks.write([first]);
    closeSync(findLog());
    await assert.rejects(rocks.write([second]), { code: "EBADF" });
    await assert.rejects(rocks.mend(), StoreUnavailable);
    const isServed = () =>
      rocks.find(first.id).then(
        (user) => user !== null,
        () => false,
      );
    for (let turn = 0; turn < 300 && !(await isServed()); turn++) await sleep(50);
    await rocks.mend();
    await rocks.write([third]);
    assert.deepEqual(await rocks.find(first.id), first);
  });

  test("stays closed when it is closed while it is opened again", async () => {
    using folder = createFolder();
    const rocks = await openRocksDatabase(folder.path, SMALL_ROCKS, true);
    await rocks.write([first]);
    makeUnsyncable(findLog());
    await assert.rejects(rocks.write([second]), { code: "EINVAL" });
    const mending = rocks.mend();
    await rocks[Symbol.asyncDispose]();
    await mending;
    await assert.rejects(rocks.find(first.id), StoreUnavailable);
    await using again = await openRocksDatabase(folder.path, SMALL_ROCKS, true);
    assert.deepEqual(await again.find(first.id), first);
  });
});
