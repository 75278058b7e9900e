// LevelDB after a write that failed. Left alone it goes on behind the torn record, and drops all of that at its next start.
import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { findFaultTools, limitFileSize, RUN_LIMITED } from "../../lab/crash/faults.ts";
import { startLife } from "../../lab/crash/living-subject.ts";
import { findMountLacks, mountMemory } from "../../lab/crash/mounts.ts";
import { countUnserved, openLedger } from "../../lab/crash/posting.ts";
import { approaches } from "../../services/approaches/index.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { openLevelDatabase } from "../../services/storage/level-database.ts";
import { createFolder } from "../helpers/folder.ts";
import { waitFor } from "../helpers/service-process.ts";
import { someUsers } from "../helpers/users.ts";

const subject = { name: "leveldb", row: approaches.leveldb, level: "lesson" } as const;
const { signal } = new AbortController();

using scratch = createFolder();
const [limits, mounts] = [await findFaultTools(), (await findMountLacks(scratch.path)).memory];
const unless = (lack: string | null) => ({ skip: lack === null ? false : `not run: ${lack}` });

describe("LevelDB after a write that failed", () => {
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
    "serves what it has while there is no space, and takes writes when there is",
    unless(mounts),
    async () => {
      using folder = createFolder();
      await using small = await mountMemory(folder.inFolder("small"), 2 ** 20);
      const store = join(small.path, "store");
      const users = someUsers(5_000);
      const open = () => openLevelDatabase(store, {}, false);
      let written = 0;
      {
        await using level = await open();
        writeFileSync(join(small.path, "filler"), Buffer.alloc(800 * 1024));
        await assert.rejects(async () => {
          for (; written < users.length; written++) await level.write(users.slice(written, written + 1));
        });
        assert.ok(written > 0);
        await assert.rejects(level.mend(), /no space/);
        await assert.rejects(level.write(users.slice(-1)), /has failed/);
        for (const user of users.slice(0, written)) assert.deepEqual(level.db.getSync(user.id), user);

        rmSync(join(small.path, "filler"));
        await level.mend();
        await level.write(users.slice(-1));
      }
      await using level = await open();
      for (const user of [...users.slice(0, written), ...users.slice(-1)])
        assert.deepEqual(level.db.getSync(user.id), user);
    },
  );
});

function logBytes(folder: string): number {
  const store = join(folder, "data", "store");
  const logs = readdirSync(store).filter((name) => name.endsWith(".log"));
  return Math.max(...logs.map((name) => fileBytes(join(store, name))));
}
