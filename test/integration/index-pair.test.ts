// build-index killed just before each rename that changes something, by strace: the next start needs nobody's help, nor does a store that is open.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { completePair, replacePair } from "../../services/storage/index-pair.ts";
import type { User } from "../../services/storage/user.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { writeIndexedUsers } from "../helpers/data-files.ts";
import { prepareData, type StoreData } from "../helpers/stores.ts";
import { withoutStrace } from "../helpers/strace.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const users = someUsers(300);
const added = userWithId("!");
const KILLED = 128 + 9;
const COMMAND = new URL("../../scripts/build-index.ts", import.meta.url).pathname;

/** Data with an index that lacks the last user, who belongs before all others. */
async function prepareUnsorted(): Promise<StoreData> {
  const data = await prepareData(approaches.binary, users);
  appendFileSync(data.folder.inFolder("users.jsonl"), toLines([added]));
  return data;
}

/** The first rename finds nothing to do: no earlier run has left anything. */
const RENAMES = { index: 2, data: 3, placed: 4 };

/** Runs build-index. With `nth` it is killed before its nth rename. Returns its status. */
function buildIndex(data: StoreData, nth?: number): number | null {
  const program = [process.execPath, COMMAND, data.folder.inFolder("users.jsonl")];
  const calls = "rename,renameat,renameat2";
  const rules = ["-e", `trace=${calls}`, "-e", `inject=${calls}:signal=KILL:when=${nth}`];
  const strace = nth === undefined ? [] : ["strace", "-f", "-qq", "-o", "/dev/null", ...rules];
  const [command, ...args] = [...strace, ...program] as [string, ...string[]];
  const { status, signal } = spawnSync(command, args, { encoding: "utf8" });
  return signal === "SIGKILL" ? KILLED : status;
}

const waitingIn = (data: StoreData) =>
  readdirSync(data.folder.path).filter((name) => name.startsWith("users.idx.of-"));

async function assertFinds(store: UserStore, wanted: readonly User[]): Promise<void> {
  for (const user of wanted) assert.deepEqual(await store.findById(user.id), user);
}

describe("build-index, killed before", { skip: withoutStrace }, () => {
  const moments: [what: string, nth: number, found: readonly User[], completed: boolean][] = [
    ["it has changed anything, leaves the old pair", RENAMES.index, users, false],
    ["it replaces the data, leaves the old pair", RENAMES.data, users, false],
    [
      "it replaces the index, leaves one that the next start puts in place",
      RENAMES.placed,
      [added, ...users],
      true,
    ],
  ];
  for (const [what, nth, found, completed] of moments)
    test(what, async () => {
      using data = await prepareUnsorted();
      await using before = await data.open();
      assert.equal(buildIndex(data, nth), KILLED);
      data.log.length = 0;
      {
        await using store = await data.open();
        await assertFinds(store, found);
        assert.equal((await store.describe()).recordsAtStart, found.length);
      }
      const line = `${data.folder.inFolder("users.idx")}: put in place`;
      assert.equal(
        data.log.some((text) => text.startsWith(line)),
        completed,
      );
      await assertFinds(before, found);
      assert.equal(buildIndex(data), 0);
      await assertFinds(before, [added, ...users]);
      assert.deepEqual(waitingIn(data), []);
    });

  test("it replaces the index, is read rightly by a store that is open, at once", async () => {
    using data = await prepareUnsorted();
    await using store = await data.open();
    assert.equal(buildIndex(data, RENAMES.placed), KILLED);
    assert.equal(waitingIn(data).length, 1);
    await assertFinds(store, users);
    assert.deepEqual(waitingIn(data), []);
    await assertFinds(store, [added]);
  });

  test("it replaces the index, has it put in place by the next run as well", async () => {
    using data = await prepareUnsorted();
    assert.equal(buildIndex(data, RENAMES.placed), KILLED);
    assert.equal(buildIndex(data), 0);
    assert.deepEqual(waitingIn(data), []);
    await using store = await data.open();
    await assertFinds(store, [added, ...users]);
  });

  test("a rename behind the last, ends by itself", async () => {
    using data = await prepareUnsorted();
    assert.equal(buildIndex(data, RENAMES.placed + 1), 0);
  });
});

describe("an index that waits", () => {
  /** Replaces the pair, and takes the last step back. */
  async function prepareWaiting(): Promise<{
    data: StoreData;
    pair: { dataFile: string; indexFile: string };
  }> {
    const data = await prepareData(approaches.binary, users);
    const { inFolder } = data.folder;
    writeIndexedUsers(data.folder.path, [added, ...users], { data: "new.jsonl", index: "new.idx" });
    const pair = { dataFile: inFolder("users.jsonl"), indexFile: inFolder("users.idx") };
    chmodSync(pair.indexFile, 0o640);
    const { size, mtimeNs } = statSync(inFolder("new.jsonl"), { bigint: true });
    replacePair({ dataFile: inFolder("new.jsonl"), indexFile: inFolder("new.idx") }, pair);
    assert.equal(statSync(pair.indexFile).mode & 0o777, 0o640);
    renameSync(pair.indexFile, `${pair.indexFile}.of-${size}-${mtimeNs}`);
    return { data, pair };
  }

  test("is put in place once", async () => {
    const { data, pair } = await prepareWaiting();
    using _data = data;
    assert.deepEqual([completePair(pair), completePair(pair)], [true, false]);
    assert.deepEqual(readdirSync(data.folder.path).sort(), ["users.idx", "users.jsonl"]);
  });

  test("is left where it is when somebody wrote to the data since", async () => {
    const { data, pair } = await prepareWaiting();
    using _data = data;
    appendFileSync(pair.dataFile, toLines([userWithId("later")]));
    assert.equal(completePair(pair), false);
  });

  test("is left where it is when the data has another age, though its size", async () => {
    const { data, pair } = await prepareWaiting();
    using _data = data;
    utimesSync(pair.dataFile, 1, 1);
    assert.equal(completePair(pair), false);
  });

  test("is not looked for without data", async () => {
    const { data, pair } = await prepareWaiting();
    using _data = data;
    renameSync(pair.dataFile, `${pair.dataFile}.gone`);
    assert.equal(completePair(pair), false);
  });

  test("of data that never came is removed by the next build-index, and nothing else is", async () => {
    using data = await prepareUnsorted();
    const { inFolder } = data.folder;
    for (const name of ["users.idx.of-1-2", "users.idx.old", "other.idx.of-1-2"])
      writeFileSync(inFolder(name), "");
    assert.equal(buildIndex(data), 0);
    const names = readdirSync(data.folder.path).sort();
    assert.deepEqual(names, ["other.idx.of-1-2", "users.idx", "users.idx.old", "users.jsonl"]);
  });
});
