// An index that does not fit its data: binary search refuses it, and says what to do.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import { ENTRY_BYTES, formatEntry } from "../../services/storage/index-entry.ts";
import type { User } from "../../services/storage/user.ts";
import { writeIndexedUsers, writeUsers } from "../helpers/data-files.ts";
import { createFolder } from "../helpers/folder.ts";
import { prepareData, SQLITE, type StoreData } from "../helpers/stores.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const users = someUsers(1_001).toSorted((a, b) => (a.id < b.id ? -1 : 1));
const places = { first: 0, middle: 500, last: 1_000 };
const prepare = () => prepareData(approaches.binary, users);
const indexOf = (data: StoreData) => data.folder.inFolder("users.idx");

async function assertRefused(data: StoreData, reason: RegExp): Promise<void> {
  await assert.rejects(data.open(), (error) => {
    assert.ok(error instanceof DamagedData, String(error));
    assert.ok(error.message.startsWith(indexOf(data)), error.message);
    assert.match(error.message, reason);
    assert.match(error.message, /; run build-index$/);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

/** Replaces one entry of the index. */
function setEntry(data: StoreData, place: number, entry: string): void {
  const index = readFileSync(indexOf(data));
  assert.equal(index.write(entry, place * ENTRY_BYTES, "latin1"), ENTRY_BYTES);
  writeFileSync(indexOf(data), index);
}

describe("binary search refuses an index", () => {
  for (const bytes of [1, ENTRY_BYTES - 1, ENTRY_BYTES + 1, 1_001 * ENTRY_BYTES - 1])
    test(`of ${bytes} bytes, which is no multiple of ${ENTRY_BYTES}`, async () => {
      using data = await prepare();
      writeFileSync(indexOf(data), readFileSync(indexOf(data)).subarray(0, bytes));
      await assertRefused(data, new RegExp(`has ${bytes} bytes, not a multiple of 58`));
    });

  for (const [name, place] of Object.entries(places)) {
    const { id } = users[place] as User;
    const [second, size] = [users.slice(0, 1), users].map((some) => Buffer.byteLength(toLines(some)));
    const offsets = {
      "another record": place === 0 ? second : 0,
      "the middle of a record": 17,
      "the end of the data": size,
      "behind the data": 10 ** 15,
    };
    for (const [target, offset] of Object.entries(offsets))
      test(`whose ${name} entry points to ${target}`, async () => {
        using data = await prepare();
        setEntry(data, place, formatEntry(id, offset as number));
        await assertRefused(data, new RegExp(`, entry ${place}: .*byte \\d+: `));
      });

    test(`whose ${name} entry is not an entry`, async () => {
      using data = await prepare();
      setEntry(data, place, `${id}:${"x".repeat(20)}\n`);
      await assertRefused(data, new RegExp(`, entry ${place}: not an index entry`));
    });
  }

  test("whose entries are out of order", async () => {
    using data = await prepare();
    const entries = readFileSync(indexOf(data), "latin1").match(/.{57}\n/g) as string[];
    writeFileSync(indexOf(data), entries.toReversed().join(""));
    await assertRefused(data, /, entry \d+: id \S+ is not behind \S+/);
  });

  test("of other data", async () => {
    using data = await prepare();
    writeUsers(data.folder.path, someUsers(1_001));
    await assertRefused(data, /, entry 0: .*expected id/);
  });

  test("of data that is shorter now", async () => {
    using data = await prepare();
    writeUsers(data.folder.path, users.slice(0, -1));
    await assertRefused(data, /, entry 1000: /);
  });

  test("without its data", async () => {
    using data = await prepare();
    rmSync(data.folder.inFolder("users.jsonl"));
    await assert.rejects(data.open(), /no such file or directory.*users\.jsonl/);
  });
});

describe("binary search counts the records that its index lacks", () => {
  const cases: Record<string, readonly [number, string]> = {
    "none of them": [0, ""],
    "a blank end": [0, "\n  \n"],
    "one record": [1, toLines([userWithId("x")])],
    "three records, blank lines and half a line": [4, `${toLines(someUsers(3))}\n\n{"id":"ha`],
  };
  for (const [form, [count, text]] of Object.entries(cases))
    test(form, async () => {
      using data = await prepare();
      const dataFile = data.folder.inFolder("users.jsonl");
      appendFileSync(dataFile, text);
      await using store = await data.open();
      assert.equal((await store.describe()).settings.unindexedRecords, count);
      const line = `${dataFile}: ${count} records are not in ${indexOf(data)}; run build-index`;
      assert.deepEqual(data.log, count === 0 ? [] : [line]);
      assert.deepEqual(await store.findById(users[1_000]?.id as string), users[1_000]);
    });

  test("all of them, when there is no index", async () => {
    using data = await prepare();
    rmSync(indexOf(data));
    await using store = await data.open();
    assert.equal((await store.describe()).settings.unindexedRecords, 1_001);
    assert.equal(await store.findById(users[0]?.id as string), null);
  });
});

test("binary search reads records of any length, with and without a newline behind the last", async () => {
  const empty = Buffer.byteLength(toLines([userWithId("0", { name: "" })]));
  const lengths = [1_022, 1_023, 1_024, 1_025, 1_026, 2_047, 2_048, 2_049, 4_096, 100_000];
  for (const first of lengths) {
    using folder = createFolder();
    const long = [first, ...lengths].map((bytes, n) =>
      userWithId(String.fromCharCode(65 + n), { name: "n".repeat(bytes - empty) }),
    );
    writeIndexedUsers(folder.path, long);
    assert.equal(Buffer.byteLength(toLines(long.slice(0, 1))), first);
    const file = folder.inFolder("users.jsonl");
    for (const text of [toLines(long), toLines(long).trimEnd()]) {
      writeFileSync(file, text);
      const open = await approaches.binary.load();
      const options = {
        dataDir: folder.path,
        databaseUrl: undefined,
        sqlite: SQLITE,
        durability: "lesson" as const,
        log: assert.fail,
      };
      await using store = await open(options);
      for (const user of long) assert.deepEqual(await store.findById(user.id), user);
    }
  }
});
