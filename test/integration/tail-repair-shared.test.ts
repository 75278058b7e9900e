// Repairing the end of a file to which other processes append all the while.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { repairTail } from "../../services/storage/jsonl-repair.ts";
import { keepAside } from "../../services/storage/jsonl-torn.ts";
import { readUsers } from "../../services/storage/jsonl-users.ts";
import { waitFor } from "../helpers/service-process.ts";
import { withoutStrace } from "../helpers/strace.ts";
import { createTornFile, readAside } from "../helpers/torn-file.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const users = someUsers(5);
const tail = '{"id":"torn","name":"Zo';
const glued = userWithId("glued", { name: "Łukasz" });
const repaired = (blanks: number) => `${toLines(users)}${" ".repeat(blanks)}`;

test("a record glued to torn bytes while the repair waits survives", async () => {
  using torn = createTornFile(users, tail);
  const repair = repairTail(torn.file, () => {});
  appendFileSync(torn.file, toLines([glued]));
  await repair;
  assert.equal(readFileSync(torn.file, "utf8"), repaired(tail.length) + toLines([glued]));
  assert.deepEqual(readAside(torn.file), [{ byte: torn.byte, bytes: Buffer.from(tail) }]);
});

test("a record glued to torn bytes after they were kept aside survives", async () => {
  using torn = createTornFile(users, tail);
  keepAside(torn.file, { byte: torn.byte, bytes: Buffer.from(tail) });
  appendFileSync(torn.file, `${toLines([glued])}\n`);
  await repairTail(torn.file, () => {});
  assert.equal(readFileSync(torn.file, "utf8"), `${repaired(tail.length)}${toLines([glued])}\n`);
});

test("bytes torn by a second process behind the first ones are kept as well", async () => {
  using torn = createTornFile(users, tail);
  keepAside(torn.file, { byte: torn.byte, bytes: Buffer.from(tail) });
  appendFileSync(torn.file, '{"id":"also torn\n');
  await repairTail(torn.file, () => {});
  const both = Buffer.from(`${tail}{"id":"also torn`);
  assert.equal(readFileSync(torn.file, "utf8"), `${repaired(both.length)}\n`);
  assert.deepEqual(readAside(torn.file).at(-1), { byte: torn.byte, bytes: both });
});

test("a record that was glued to torn bytes long before any repair looked is freed, and readers find it", async () => {
  // More than a few megabytes: another process appends that in seconds.
  const later = someUsers(40_000).slice(5);
  const torns = [tail, '{"id":"x', `{"id":"twice${tail}`];
  for (const bytes of torns) {
    using torn = createTornFile(users, bytes);
    appendFileSync(torn.file, toLines([glued, ...later]));
    const log: string[] = [];
    for (const start of ["first", "second"]) {
      await repairTail(torn.file, (line) => log.push(line));
      const found = await readUsers(torn.file);
      assert.deepEqual([...found.values()], [...users, glued, ...later], start);
    }
    assert.deepEqual(readAside(torn.file), [{ byte: torn.byte, bytes: Buffer.from(bytes) }]);
    assert.equal(log.length, 1);
  }
});

test("a bad line that does not end with a record, or has two, stays as it is", async () => {
  const whole = JSON.stringify(glued);
  for (const line of [
    `${whole}${whole}`,
    `{"id":"x${whole} ${whole}`,
    '{"id":"a"}{"id":"b","name":"',
    `${JSON.stringify(glued)} {"id":"x"`,
    '{"id":',
  ]) {
    using torn = createTornFile(users, `${line}\n${toLines([glued])}`);
    const before = readFileSync(torn.file, "utf8");
    await repairTail(torn.file, () => {});
    assert.equal(readFileSync(torn.file, "utf8"), before);
    assert.deepEqual(readAside(torn.file), []);
  }
});

test("a write on its way while the repair looks is left alone", async () => {
  using torn = createTornFile(users, tail);
  const log: string[] = [];
  const repair = repairTail(torn.file, (line) => log.push(line));
  appendFileSync(torn.file, 'ë","email":"","created_at":""}\n{"id":"next"');
  setTimeout(() => appendFileSync(torn.file, ',"name":"","email":"","created_at":""}\n'), 60);
  await repair;
  assert.deepEqual([...(await readUsers(torn.file)).keys()].slice(-2), ["torn", "next"]);
  assert.deepEqual([log, readAside(torn.file)], [[], []]);
});

const REPAIR = `
  import { repairTail } from ${JSON.stringify(fileURLToPath(new URL("../../services/storage/jsonl-repair.ts", import.meta.url)))};
  await repairTail(process.argv[1], () => {});`;
/** The first sync is that of the torn bytes, kept aside: the tail has been looked at, and not yet been changed. */
const SLOW_FIRST_SYNC = "inject=fsync:delay_enter=2000000:when=1";

test("a record that is appended between the last look at the tail and its repair survives", {
  skip: withoutStrace,
}, async () => {
  using torn = createTornFile(users, tail);
  const before = readFileSync(torn.file, "utf8");
  const node = [process.execPath, "--input-type=module", "-e", REPAIR, torn.file];
  const strace = ["-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", SLOW_FIRST_SYNC];
  const child = spawn("strace", [...strace, ...node], { stdio: "inherit" });
  const ended = once(child, "exit");
  await waitFor(() => readAside(torn.file).length > 0);
  assert.equal(readFileSync(torn.file, "utf8"), before, "the repair waits for its sync");
  appendFileSync(torn.file, toLines([glued]));
  assert.deepEqual((await ended)[0], 0);
  const found = await readUsers(torn.file);
  assert.deepEqual([...found.values()], [...users, glued]);
});

/** Appends records until its stdin ends, and prints each id once the record is written. */
const APPENDER = `
  import { appendFileSync, writeSync } from "node:fs";
  const [file, prefix] = process.argv.slice(1);
  process.stdin.on("end", () => process.exit(0)).resume();
  for (let n = 0; ; n++) {
    const user = { id: prefix + n, name: "é".repeat(n % 4000), email: "", created_at: "" };
    appendFileSync(file, JSON.stringify(user) + "\\n");
    writeSync(1, user.id + "\\n");
    if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }`;

function startAppender(file: string, prefix: string) {
  const args = ["--input-type=module", "-e", APPENDER, file, prefix];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout }).on("line", (id) => acknowledged.push(id));
  return {
    started: once(lines, "line"),
    async stop(): Promise<string[]> {
      child.stdin.end();
      await Promise.all([once(child, "exit"), once(lines, "close")]);
      return acknowledged;
    },
  };
}

test("many repairs lose no record that two other processes have acknowledged meanwhile", async () => {
  using torn = createTornFile(users, tail);
  const repairs: Promise<void>[] = [];
  const repair = () => repairs.push(repairTail(torn.file, () => {}));
  // The first looks before the appenders glue a record to the torn bytes.
  repair();
  const appenders = ["p", "q"].map((prefix) => startAppender(torn.file, prefix));
  try {
    await Promise.all(appenders.map(({ started }) => started));
    for (let round = 0; round < 20; round++) {
      for (let many = 0; many < 5; many++) repair();
      await Promise.race(repairs.slice(-5));
    }
  } finally {
    const acknowledged = (await Promise.all(appenders.map(({ stop }) => stop()))).flat();
    await Promise.all(repairs);
    const found = await readUsers(torn.file);
    for (const id of [...users.map((user) => user.id), ...acknowledged]) assert.ok(found.has(id), id);
    assert.equal(found.size, users.length + acknowledged.length);
    assert.ok(acknowledged.length > 100);
  }
});
