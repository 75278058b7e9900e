// A file whose writer was killed in the middle of a line.
import assert from "node:assert/strict";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { repairTail } from "../../services/storage/jsonl-repair.ts";
import type { User } from "../../services/storage/user.ts";
import { prepareData, type StoreData } from "../helpers/stores.ts";
import { createTornFile, linesOf, readAside } from "../helpers/torn-file.ts";
import { toLines, userWithId } from "../helpers/users.ts";

const users = ["a", "b", "c", "d", "e"].map((id) => userWithId(id, { name: `Zoë ${id} 漢🦊`, email: "a@b" }));
const created = userWithId("new", { name: "Łukasz" });

for (const name of ["map", "linear"] as const) {
  describe(`${name} after a kill at any byte of the last three records`, () => {
    test("keeps each whole record, puts the torn bytes aside and takes the next insert", async () => {
      const bytes = Buffer.from(toLines(users));
      const firstCut = Buffer.byteLength(toLines(users.slice(0, 2)));
      const cuts = Array.from({ length: bytes.length - firstCut + 1 }, (_, index) => firstCut + index);
      await Promise.all(cuts.map((cut) => checkCut(name, bytes.subarray(0, cut))));
    });
  });
}

async function checkCut(name: "map" | "linear", bytes: Buffer): Promise<void> {
  const where = `cut at byte ${bytes.length}`;
  using data = await prepareData(approaches[name], []);
  const file = data.folder.inFolder("users.jsonl");
  writeFileSync(file, bytes);
  const tailByte = bytes.lastIndexOf("\n") + 1;
  const tail = bytes.subarray(tailByte);
  const isWhole = users.some((user) => tail.equals(Buffer.from(JSON.stringify(user))));
  const whole = [...linesOf(bytes.subarray(0, tailByte)), ...(isWhole ? linesOf(tail) : [])] as User[];

  await using store = await data.open();
  await checkUsers(store, whole, where);
  assert.equal(data.log.length, tail.length === 0 ? 0 : 1, where);
  const isTorn = tail.length > 0 && !isWhole;
  assert.deepEqual(readAside(file), isTorn ? [{ byte: tailByte, bytes: tail }] : [], where);
  await store.insert(created);
  await checkRestart(data, [...whole, created], where);
}

/** Opening again finds the same users, has nothing to say and changes no byte. */
async function checkRestart(data: StoreData, expected: readonly User[], where: string): Promise<void> {
  const files = ["users.jsonl", "users.jsonl.torn"].map(data.folder.inFolder).filter(existsSync);
  const readAll = () => files.map((file) => readFileSync(file, "latin1"));
  const [before, lines] = [readAll(), data.log.length];
  await using store = await data.open();
  await checkUsers(store, expected, where);
  assert.deepEqual(readAll(), before, where);
  assert.equal(data.log.length, lines, where);
}

type Store = Awaited<ReturnType<StoreData["open"]>>;
async function checkUsers(store: Store, expected: readonly User[], where: string): Promise<void> {
  for (const user of [...users, created]) {
    const found = expected.find(({ id }) => id === user.id) ?? null;
    assert.deepEqual(await store.findById(user.id), found, where);
  }
  assert.equal((await store.describe()).recordsAtStart, expected.length, where);
}

describe("repair of a torn line", () => {
  test("leaves a missing file missing and an empty one empty", async () => {
    using torn = createTornFile([], "");
    await repairTail(torn.file, assert.fail);
    assert.equal(readFileSync(torn.file, "utf8"), "");
    await repairTail(`${torn.file}.none`, assert.fail);
    assert.equal(existsSync(`${torn.file}.none`), false);
  });

  test("ends a record that lacks only its newline, and keeps nothing aside", async () => {
    using torn = createTornFile(users, JSON.stringify(created));
    const log: string[] = [];
    await repairTail(torn.file, (line) => log.push(line));
    assert.equal(readFileSync(torn.file, "utf8"), toLines([...users, created]));
    assert.deepEqual(log, [`${torn.file}, byte ${torn.byte}: the last record had no newline; added`]);
    assert.deepEqual(readAside(torn.file), []);
  });

  test("leaves whole records with objects in them as they are, however little follows", async () => {
    for (const rest of ['"}}', '"}]}', '","name":', '","name"', '","name":"']) {
      const line = `{"id":"u1","name":"a","email":"a@b","created_at":"c","team":{"id":"t1${rest}\n`;
      using torn = createTornFile([], "");
      writeFileSync(torn.file, line);
      await repairTail(torn.file, () => {});
      assert.ok(readFileSync(torn.file, "utf8").startsWith(line), rest);
    }
  });

  test("says in one line where it found how many bytes, and where they are now", async () => {
    using torn = createTornFile(users, '{"id":"漢');
    const log: string[] = [];
    await repairTail(torn.file, (line) => log.push(line));
    const place = `${torn.file}, byte ${torn.byte}`;
    assert.deepEqual(log, [`${place}: 10 bytes of a torn line moved to ${torn.file}.torn`]);
    assert.equal(readFileSync(torn.file, "utf8"), `${toLines(users)}${" ".repeat(10)}\n`);
  });

  test("is finished by the next start, after whichever step it was interrupted", async () => {
    const tail = '{"id":"torn","name":"Zo';
    for (const step of ["half kept aside", "kept aside", "ended", "blanked"]) {
      using torn = createTornFile(users, tail);
      await repairTail(torn.file, () => {});
      const finished = readFileSync(torn.file, "utf8");
      if (step === "half kept aside") truncateSync(`${torn.file}.torn`, 30);
      if (step !== "blanked")
        writeFileSync(torn.file, toLines(users) + tail + (step === "ended" ? "\n" : ""));

      for (const _start of [1, 2]) await repairTail(torn.file, () => {});
      assert.equal(readFileSync(torn.file, "utf8"), finished, step);
      const kept = { byte: torn.byte, bytes: Buffer.from(tail) };
      assert.deepEqual(readAside(torn.file).at(-1), kept, step);
    }
  });

  test("is finished after two interruptions, the first in the middle of keeping aside", async () => {
    const tail = '{"id":"torn","name":"Zo';
    using torn = createTornFile(users, tail);
    writeFileSync(`${torn.file}.torn`, '{"at":"2024-05-');
    await repairTail(torn.file, () => {});
    writeFileSync(torn.file, `${toLines(users)}${tail}\n`);
    await repairTail(torn.file, () => {});
    assert.equal(readFileSync(torn.file, "utf8"), `${toLines(users)}${" ".repeat(tail.length)}\n`);
  });

  test("does not touch other data that has come to the same place", async () => {
    using torn = createTornFile(users, "{");
    await repairTail(torn.file, () => {});
    // At the byte of the torn brace, another brace in the middle of a name.
    const start = '{"id":"x","name":"';
    const name = `${"n".repeat(torn.byte - start.length)}{ brace`;
    const other = `${toLines([userWithId("x", { name })])}${toLines(users)}`;
    assert.equal(other[torn.byte], "{");
    writeFileSync(torn.file, other);
    await repairTail(torn.file, assert.fail);
    assert.equal(readFileSync(torn.file, "utf8"), other);
  });
});
