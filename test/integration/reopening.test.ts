// Engines after a write that failed. Left alone LevelDB goes on behind the torn record, and drops all of that at its next start;
// RocksDB takes no more writes until there is much more room than one needs.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openStoreOf } from "../../lab/crash/cut.ts";
import { findFaultTools, limitFileSize, RUN_LIMITED } from "../../lab/crash/faults.ts";
import { startLife } from "../../lab/crash/living-subject.ts";
import { findMountLacks, mountMemory } from "../../lab/crash/mounts.ts";
import { countUnserved, openLedger } from "../../lab/crash/posting.ts";
import { approaches } from "../../services/approaches/index.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { createFolder } from "../helpers/folder.ts";
import { waitFor } from "../helpers/service-process.ts";
import { someUsers } from "../helpers/users.ts";

const { signal } = new AbortController();

using scratch = createFolder();
const [limits, mounts] = [await findFaultTools(), (await findMountLacks(scratch.path)).memory];
const unless = (lack: string | null) => ({ skip: lack === null ? false : `not run: ${lack}` });

for (const name of ["leveldb", "rocksdb"] as const)
  describe(`${name} after a write that failed`, () => {
    const subject = { name, row: approaches[name], level: "lesson" } as const;

    test("keeps what it answers 201 then, to many who post at once", unless(limits), async () => {
      using folder = createFolder();
      const ledger = openLedger();
      {
        await using life = await startLife(subject, folder.path, { runner: RUN_LIMITED, signal });
        const posting = ledger.post(life.service, 20, signal);
        await waitFor(() => ledger.acknowledged.length > 300);
        for (let failures = 0; failures < 5; failures++) {
          const refused = ledger.refused();
          await limitFileSize(life.service.pid, logBytes(folder.path) + 3_000);
          await waitFor(() => ledger.refused() > refused);
          await limitFileSize(life.service.pid, null);
          const acknowledged = ledger.acknowledged.length;
          await waitFor(() => ledger.acknowledged.length > acknowledged + 300);
        }
        await posting.end();
      }
      await using life = await startLife(subject, folder.path, { signal });
      assert.equal(await countUnserved(life.service, ledger.acknowledged, signal), 0);
      const { lost, duplicated, unexpected } = ledger.conclude(await life.readStored());
      assert.deepEqual([lost, duplicated, unexpected], [0, 0, 0]);
    });

    test(
      "is tried again by itself when it could not be opened: what it has is served without a POST",
      unless(limits),
      async () => {
        using folder = createFolder();
        const ledger = openLedger();
        await using life = await startLife(subject, folder.path, { runner: RUN_LIMITED, signal });
        const post = () => ledger.postOne(life.service, signal);
        const countLost = () => countUnserved(life.service, ledger.acknowledged, signal);
        for (let posts = 0; posts < 20; posts++) await post();
        await limitFileSize(life.service.pid, logBytes(folder.path) + 10);
        assert.equal((await post()).error, "status 500");
        await limitFileSize(life.service.pid, null);

        // The engine has its own open; another start finds a folder in the place of the file.
        const inTheWay = join(folder.path, "data", "store", "LOCK");
        rmSync(inTheWay);
        mkdirSync(inTheWay);
        assert.match((await post()).error ?? "", /is not started again after a failed write/);
        assert.match((await post()).error ?? "", /is to start again in a moment/);
        assert.equal(await countLost(), 20);

        rmdirSync(inTheWay);
        for (let turn = 0; turn < 300 && (await countLost()) > 0; turn++) await sleep(50);
        assert.equal((await post()).outcome, "ok");
        assert.equal(await countLost(), 0);
      },
    );

    test(
      "serves what it has while there is no space, and takes writes when there is",
      unless(mounts),
      async () => {
        using folder = createFolder();
        await using small = await mountMemory(folder.inFolder("small"), 2 ** 20);
        const users = someUsers(5_000);
        const last = users.at(-1) as (typeof users)[number];
        let written = 0;
        {
          await using store = await openStoreOf(subject, small.path);
          writeFileSync(join(small.path, "filler"), Buffer.alloc(800 * 1024));
          await assert.rejects(async () => {
            for (; written < users.length; written++) await store.insert(users[written] as typeof last);
          });
          assert.ok(written > 0);
          await assert.rejects(async () => store.insert(last), /no space to start again/);
          for (const user of users.slice(0, written)) assert.deepEqual(await store.findById(user.id), user);

          rmSync(join(small.path, "filler"));
          assert.equal(await store.insert(last), "inserted");
        }
        await using store = await openStoreOf(subject, small.path);
        for (const user of [...users.slice(0, written), last])
          assert.deepEqual(await store.findById(user.id), user);
      },
    );
  });

function logBytes(folder: string): number {
  const store = join(folder, "data", "store");
  const logs = readdirSync(store).filter((name) => name.endsWith(".log"));
  return Math.max(...logs.map((name) => fileBytes(join(store, name))));
}
