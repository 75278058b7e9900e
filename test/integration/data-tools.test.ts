// Seeding, indexing and importing, called as functions, each test in a folder of its own.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { seededUser } from "../../k6/lib/users.ts";
import { importLessonWay } from "../../lab/controls/lesson-import.ts";
import { buildIndexLessonWay } from "../../lab/controls/lesson-index.ts";
import { buildIndex } from "../../lab/data/build-index.ts";
import { importToSqlite } from "../../lab/data/import-sqlite.ts";
import { writeSeededUsers } from "../../lab/data/seed.ts";
import { ENTRY_BYTES, entryId, entryOffset } from "../../services/storage/index-entry.ts";
import { markBatch } from "../../services/storage/jsonl-batches.ts";
import { parseUser, type User } from "../../services/storage/user.ts";

/** A folder that is gone after the test, with names for the files of the lab. */
function createFolder() {
  const path = mkdtempSync(join(tmpdir(), "data-tools-"));
  const inFolder = (name: string) => join(path, name);
  return {
    inFolder,
    dataFile: inFolder("users.jsonl"),
    indexFile: inFolder("users.idx"),
    databaseFile: inFolder("users.db"),
    names: () => readdirSync(path).sort(),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

const user = (id: string, name = ""): User => ({ id, name, email: "", created_at: "" });
const toLines = (...users: User[]) => users.map((one) => `${JSON.stringify(one)}\n`).join("");
const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Reads the records that an index leads to, in the order of its entries, and checks each entry's id. */
function readIndexed(dataFile: string, indexFile: string): User[] {
  const data = readFileSync(dataFile);
  const index = readFileSync(indexFile);
  return Array.from({ length: index.length / ENTRY_BYTES }, (_, i) => {
    const entry = index.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES);
    const start = entryOffset(entry);
    const newline = data.indexOf("\n", start);
    const found = parseUser(data.toString("utf8", start, newline === -1 ? data.length : newline));
    assert.equal(entryId(entry).trimEnd(), found.id);
    return found;
  });
}

function readTable(databaseFile: string): User[] {
  const database = new DatabaseSync(databaseFile);
  try {
    const rows = database.prepare("SELECT id, name, email, created_at FROM users ORDER BY id").all();
    return rows.map((row) => ({ ...row }) as unknown as User);
  } finally {
    database.close();
  }
}

test("seeded users are the same bytes on every machine", async () => {
  using folder = createFolder();
  await writeSeededUsers({ file: folder.dataFile, size: 1_000, seed: 1 });
  assert.equal(sha256(folder.dataFile), "975e45826a1f53f174ef904a38248a6ac372d028cc064e13b52575d3fdf03347");
  assert.equal(
    sha256(folder.inFolder("ids.json")),
    "1e385fed5cfe3a3017e513b733852f5403839c4e5433466f414d761f3d95a47b",
  );
});

test("a seeded file has users 0 to N - 1, one per line, and ids.json their ids in the same order", async () => {
  using folder = createFolder();
  const { keptAside } = await writeSeededUsers({ file: folder.dataFile, size: 2_345, seed: 7 });
  const expected = Array.from({ length: 2_345 }, (_, index) => seededUser(7, index));
  assert.equal(readFileSync(folder.dataFile, "utf8"), toLines(...expected));
  assert.deepEqual(
    JSON.parse(readFileSync(folder.inFolder("ids.json"), "utf8")),
    expected.map(({ id }) => id),
  );
  assert.deepEqual(keptAside, []);
  assert.deepEqual(folder.names(), ["ids.json", "users.jsonl"]);
});

test("seeding never loses a file that was there before", async () => {
  using folder = createFolder();
  writeFileSync(folder.dataFile, "precious");
  writeFileSync(folder.inFolder("users.jsonl.bak-1"), "older");
  const first = await writeSeededUsers({ file: folder.dataFile, size: 1 });
  const second = await writeSeededUsers({ file: folder.dataFile, size: 2 });
  assert.deepEqual(first.keptAside, [folder.inFolder("users.jsonl.bak-2")]);
  assert.deepEqual(second.keptAside, ["users.jsonl.bak-3", "ids.json.bak-1"].map(folder.inFolder));
  assert.equal(readFileSync(folder.inFolder("users.jsonl.bak-1"), "utf8"), "older");
  assert.equal(readFileSync(folder.inFolder("users.jsonl.bak-2"), "utf8"), "precious");
  assert.equal(readFileSync(folder.inFolder("users.jsonl.bak-3"), "utf8"), toLines(seededUser(1, 0)));
});

test("the index is what the lesson's way makes of the same file, in memory or through temporary runs", async () => {
  for (const runBytes of [undefined, 20_000]) {
    using folder = createFolder();
    await writeSeededUsers({ file: folder.dataFile, size: 1_000 });
    const ids = sha256(folder.inFolder("ids.json"));
    writeFileSync(folder.inFolder("control.jsonl"), readFileSync(folder.dataFile));
    buildIndexLessonWay(folder.inFolder("control.jsonl"), folder.inFolder("control.idx"));

    const result = await buildIndex({ dataFile: folder.dataFile, runBytes });
    assert.deepEqual(result, { records: 1_000, duplicates: 0, torn: null });
    assert.deepEqual(readFileSync(folder.dataFile), readFileSync(folder.inFolder("control.jsonl")));
    assert.deepEqual(readFileSync(folder.indexFile), readFileSync(folder.inFolder("control.idx")));
    assert.equal(sha256(folder.inFolder("ids.json")), ids);
    assert.deepEqual(folder.names(), [
      "control.idx",
      "control.jsonl",
      "ids.json",
      "users.idx",
      "users.jsonl",
    ]);
  }
});

test("a data file that is sorted already is left as it is, down to its inode", async () => {
  using folder = createFolder();
  const text = `\n  ${toLines(user("a"))}\r\n${toLines(user("b", "é"))} {"id":"c","name":"","created_at":"","email":""}`;
  writeFileSync(folder.dataFile, text);
  const before = statSync(folder.dataFile).ino;
  assert.equal((await buildIndex({ dataFile: folder.dataFile })).records, 3);
  assert.equal(statSync(folder.dataFile).ino, before);
  assert.equal(readFileSync(folder.dataFile, "utf8"), text);
  assert.deepEqual(readIndexed(folder.dataFile, folder.indexFile), [user("a"), user("b", "é"), user("c")]);
});

test("lines of every kind are sorted and found again", async () => {
  using folder = createFolder();
  writeFileSync(
    folder.dataFile,
    '{"id":"d","name":"","email":"","created_at":""}\r\n\r\n \n{"name":"","id":"\\u0062","email":"","created_at":"","more":[1]}\n' +
      toLines(user("c", "x".repeat(5_000)), user("~", "Zoë 🦊"), user("!")) +
      JSON.stringify(user("a")),
  );
  assert.equal((await buildIndex({ dataFile: folder.dataFile })).records, 6);
  const ids = readIndexed(folder.dataFile, folder.indexFile).map(({ id }) => id);
  assert.deepEqual(ids, ["!", "a", "b", "c", "d", "~"]);
  assert.match(readFileSync(folder.dataFile, "utf8"), /"more":\[1\]/);
});

test("records of a batch are indexed and imported as users, also those of a batch that was not finished", async () => {
  using folder = createFolder();
  const finished = markBatch([user("c", "Zoë"), user("a")], "1");
  const [unfinished] = markBatch([user("b"), user("d")], "2");
  writeFileSync(folder.dataFile, toLines(finished[0]!, unfinished!, finished[1]!));
  await importToSqlite({ dataFile: folder.dataFile });
  assert.deepEqual(
    readTable(folder.databaseFile).map((row) => row.id),
    ["a", "b", "c"],
  );
  assert.equal((await buildIndex({ dataFile: folder.dataFile })).records, 3);
  assert.deepEqual(readIndexed(folder.dataFile, folder.indexFile), [finished[1], unfinished, finished[0]]);
});

test("of records with one id the first in the file gets the entry, and none is lost", async () => {
  using folder = createFolder();
  writeFileSync(folder.dataFile, toLines(user("b", "1"), user("a", "1"), user("b", "2"), user("b", "3")));
  const { records, duplicates } = await buildIndex({ dataFile: folder.dataFile });
  assert.deepEqual([records, duplicates], [2, 2]);
  assert.deepEqual(readIndexed(folder.dataFile, folder.indexFile), [user("a", "1"), user("b", "1")]);
  assert.equal(
    readFileSync(folder.dataFile, "utf8"),
    toLines(user("a", "1"), user("b", "1"), user("b", "2"), user("b", "3")),
  );
});

test("a torn last line is kept aside under a new name before the data file is replaced", async () => {
  using folder = createFolder();
  for (const n of [1, 2]) {
    writeFileSync(folder.dataFile, `${toLines(user("b"), user("a"))}{"id":"torn ${n}`);
    const { records, torn } = await buildIndex({ dataFile: folder.dataFile });
    const keptIn = folder.inFolder(`users.jsonl.torn-${n}`);
    const offsetBytes = toLines(user("b"), user("a")).length;
    assert.deepEqual([records, torn], [2, { offsetBytes, lengthBytes: 13, keptIn }]);
    assert.equal(readFileSync(keptIn, "utf8"), `{"id":"torn ${n}`);
    assert.equal(readFileSync(folder.dataFile, "utf8"), toLines(user("a"), user("b")));
  }
  writeFileSync(folder.dataFile, `${toLines(user("a"))}{"id`);
  assert.equal((await buildIndex({ dataFile: folder.dataFile })).torn?.keptIn, null);
  assert.equal(readFileSync(folder.dataFile, "utf8"), `${toLines(user("a"))}{"id`);
});

test("bad lines and ids that do not fit an entry are refused, and nothing is changed", async () => {
  using folder = createFolder();
  const good = toLines(user("b"), user("a"));
  const bad = {
    "nonsense\n": /users\.jsonl, line 3, byte 96: Unexpected token/,
    '{"id":1}\n': /line 3, byte 96: expected a string in "id"/,
    [toLines(user("a b"))]: /line 3, byte 96: id "a b" is not 1 to 36 printable ASCII/,
    [toLines(user("é"))]: /line 3, byte 96: id "é" is not/,
    [toLines(user(""))]: /line 3, byte 96: id "" is not/,
    [toLines(user("x".repeat(37)))]: /line 3, byte 96: id "x{37}" is not/,
  };
  for (const [line, message] of Object.entries(bad)) {
    writeFileSync(folder.dataFile, good + line);
    await assert.rejects(buildIndex({ dataFile: folder.dataFile }), { name: "DamagedData", message });
    assert.equal(readFileSync(folder.dataFile, "utf8"), good + line);
    assert.deepEqual(folder.names(), ["users.jsonl"]);
  }
});

test("a data file that grows or is replaced while it is sorted is not touched", async () => {
  for (const change of [
    (file: string) => appendFileSync(file, toLines(user("late"))),
    (file: string) => {
      writeFileSync(`${file}.new`, readFileSync(file));
      renameSync(`${file}.new`, file);
    },
  ]) {
    using folder = createFolder();
    writeFileSync(folder.dataFile, toLines(user("b"), user("a")));
    let changed = "";
    const onProgress = () => {
      if (changed !== "") return;
      change(folder.dataFile);
      changed = readFileSync(folder.dataFile, "utf8");
    };
    await assert.rejects(
      buildIndex({ dataFile: folder.dataFile, onProgress }),
      /changed while it was being read/,
    );
    assert.equal(readFileSync(folder.dataFile, "utf8"), changed);
    assert.deepEqual(folder.names(), ["users.jsonl"]);
  }
});

test("a data file behind a symbolic link is sorted where it is, with its permissions", async () => {
  using folder = createFolder();
  const target = folder.inFolder("elsewhere.jsonl");
  writeFileSync(target, toLines(user("b"), user("a")));
  chmodSync(target, 0o640);
  symlinkSync(target, folder.dataFile);
  await buildIndex({ dataFile: folder.dataFile });
  assert.ok(lstatSync(folder.dataFile).isSymbolicLink());
  assert.equal(statSync(target).mode & 0o777, 0o640);
  assert.equal(readFileSync(target, "utf8"), toLines(user("a"), user("b")));
});

test("an empty data file has an empty index, and a database with an empty table", async () => {
  using folder = createFolder();
  writeFileSync(folder.dataFile, "");
  assert.equal((await buildIndex({ dataFile: folder.dataFile })).records, 0);
  assert.equal(readFileSync(folder.indexFile).length, 0);
  assert.equal((await importToSqlite({ dataFile: folder.dataFile })).records, 0);
  assert.deepEqual(readTable(folder.databaseFile), []);
});

test("the imported table is what the lesson's way makes of the same file, and a second import changes nothing", async () => {
  for (const runBytes of [undefined, 20_000]) {
    using folder = createFolder();
    await writeSeededUsers({ file: folder.dataFile, size: 1_003 });
    await importLessonWay(folder.dataFile, folder.inFolder("control.db"));
    const { dataFile, databaseFile } = folder;
    assert.deepEqual(await importToSqlite({ dataFile, runBytes }), { records: 1_003, torn: null });
    assert.deepEqual(readTable(databaseFile), readTable(folder.inFolder("control.db")));
    const before = sha256(databaseFile);
    assert.deepEqual(await importToSqlite({ dataFile, runBytes }), { records: 1_003, torn: null });
    assert.equal(sha256(databaseFile), before);
    assert.deepEqual(folder.names(), ["control.db", "ids.json", "users.db", "users.jsonl"]);
  }
});

test("the database is in WAL mode, with the lab's table", async () => {
  using folder = createFolder();
  writeFileSync(folder.dataFile, toLines(user("a")));
  await importToSqlite({ dataFile: folder.dataFile });
  const database = new DatabaseSync(folder.databaseFile);
  assert.deepEqual({ ...database.prepare("PRAGMA journal_mode").get() }, { journal_mode: "wal" });
  assert.deepEqual({ ...database.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
  const columns = database
    .prepare("SELECT name, type, pk, \"notnull\" FROM pragma_table_info('users')")
    .all();
  assert.deepEqual(
    columns.map((column) => Object.values(column)),
    [
      ["id", "TEXT", 1, 0],
      ["name", "TEXT", 0, 1],
      ["email", "TEXT", 0, 1],
      ["created_at", "TEXT", 0, 1],
    ],
  );
  database.close();
});

test("of records with one id the first in the file is imported, whatever the ids and the shapes", async () => {
  for (const runBytes of [undefined, 100]) {
    using folder = createFolder();
    const usual = [
      user("é", "1"),
      user("a b", "Zoë 🦊"),
      user("", 'q"\\'),
      user("é", "2"),
      user("c", '","email":"'),
    ];
    const other = '{"name":"3","id":"\\u00e9","email":"","created_at":""}';
    writeFileSync(folder.dataFile, `${toLines(...usual)}${other}\r\n\n{"torn`);
    const { records, torn } = await importToSqlite({ dataFile: folder.dataFile, runBytes });
    assert.deepEqual([records, torn?.lengthBytes], [6, 6]);
    assert.deepEqual(readTable(folder.databaseFile), [
      user("", 'q"\\'),
      user("a b", "Zoë 🦊"),
      user("c", '","email":"'),
      user("é", "1"),
    ]);
  }
});

test("users that an existing database has stay as they are", async () => {
  using folder = createFolder();
  writeFileSync(folder.dataFile, toLines(user("a", "old")));
  await importToSqlite({ dataFile: folder.dataFile });
  writeFileSync(folder.dataFile, toLines(user("b", "new"), user("a", "new")));
  assert.equal((await importToSqlite({ dataFile: folder.dataFile })).records, 2);
  assert.deepEqual(readTable(folder.databaseFile), [user("a", "old"), user("b", "new")]);
  assert.deepEqual(folder.names(), ["users.db", "users.jsonl"]);
});

test("a database that a service creates during the import is added to, not replaced", async () => {
  using folder = createFolder();
  const { dataFile, databaseFile } = folder;
  writeFileSync(dataFile, toLines(user("a")));
  let service: DatabaseSync | undefined;
  const onProgress = () => {
    if (service !== undefined) return;
    service = new DatabaseSync(databaseFile);
    service.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE users(id TEXT PRIMARY KEY, name, email, created_at)",
    );
    service.exec("INSERT INTO users VALUES ('s', '', '', '')");
  };
  await importToSqlite({ dataFile, onProgress });
  service?.close();
  assert.deepEqual(readTable(databaseFile), [user("a"), user("s")]);
});

test("a bad line leaves no database, and an existing one as it was", async () => {
  using folder = createFolder();
  const { dataFile, databaseFile } = folder;
  writeFileSync(dataFile, `${toLines(user("a"))}oops\n`);
  await assert.rejects(importToSqlite({ dataFile }), /line 2, byte 48/);
  assert.deepEqual(folder.names(), ["users.jsonl"]);
  new DatabaseSync(databaseFile).close();
  await assert.rejects(importToSqlite({ dataFile }), /line 2, byte 48/);
  assert.equal(statSync(databaseFile).size, 0);
});

test("a database that cannot be used is named in the error", async () => {
  using folder = createFolder();
  const { dataFile, databaseFile } = folder;
  writeFileSync(dataFile, toLines(user("a")));
  writeFileSync(databaseFile, "not a database ".repeat(100));
  await assert.rejects(importToSqlite({ dataFile }), { message: `${databaseFile}: file is not a database` });
  rmSync(databaseFile);
  writeFileSync(`${databaseFile}-wal`, "what is left of another");
  await assert.rejects(importToSqlite({ dataFile }), /users\.db-wal: left over/);
});

test("a missing data file or folder is one clear line", async () => {
  using folder = createFolder();
  const dataFile = folder.inFolder("none.jsonl");
  for (const work of [buildIndex({ dataFile }), importToSqlite({ dataFile })])
    await assert.rejects(work, { message: `${dataFile}: no such file` });
  const file = folder.inFolder("none/users.jsonl");
  await assert.rejects(writeSeededUsers({ file, size: 1 }), { message: `${file}: no such folder` });
});
