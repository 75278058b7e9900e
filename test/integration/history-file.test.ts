import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compressHistory, createHistory, readHistory } from "../../lab/history/history-file.ts";
import { formatOperation, type Operation } from "../../lab/history/operation.ts";
import { createFolder } from "../helpers/folder.ts";

test("a history is read as it was written, however long it is, also compressed", async () => {
  using folder = createFolder();
  const path = folder.inFolder("history.jsonl");
  const operations = Array.from({ length: 5_000 }, (_, element): Operation => {
    const times = { element, process: 1 + (element % 2), invokedMs: element / 8, endedMs: element / 8 + 1 };
    return element % 3 === 0
      ? { op: "read", ...times, outcome: "missing" }
      : { op: "add", ...times, outcome: "unknown", error: "timeout" };
  });
  await using history = await createHistory(path);
  for (const operation of operations) await history.append(operation);
  await history[Symbol.asyncDispose]();
  const readAll = async (file: string) => {
    const read: Operation[] = [];
    for await (const operation of readHistory(file)) read.push(operation);
    return read;
  };
  assert.deepEqual(await readAll(path), operations);
  const bytes = statSync(path).size;
  const compressed = await compressHistory(path);
  assert.deepEqual(await readAll(compressed), operations);
  assert.ok(statSync(compressed).size < bytes / 4);
  assert.ok(!existsSync(path));
});

test("whoever appends faster than the disk takes it is told to wait, and until when", async () => {
  using folder = createFolder();
  const path = folder.inFolder("history.jsonl");
  const operation = { op: "read", process: 1, invokedMs: 0, endedMs: 1, outcome: "missing" } as const;
  const lineBytes = formatOperation({ ...operation, element: 100_000 }).length;
  await using history = await createHistory(path);
  // More than ever waits in memory.
  let [lag, appended]: [Promise<void> | undefined, number] = [undefined, 0];
  while (lag === undefined && appended < 100_000)
    lag = history.append({ ...operation, element: 100_000 + appended++ });
  assert.ok(lag !== undefined, "nobody was told to wait");
  assert.ok(appended * lineBytes < 2 * 1024 * 1024);
  await lag;
  const waited = appended * lineBytes - statSync(path).size;
  assert.ok(waited >= 0 && waited < 64 * 1024, "the disk has all but the piece that is not full yet");
  assert.equal(history.append({ ...operation, element: 1 }), undefined);
});

test("a history is never written over", async () => {
  using folder = createFolder();
  const path = folder.inFolder("history.jsonl");
  writeFileSync(path, "mine\n");
  await assert.rejects(createHistory(path), { code: "EEXIST" });
  assert.equal(readFileSync(path, "utf8"), "mine\n");
});

/** SIGXFSZ would end the process. */
const LIMITED = `trap '' XFSZ; ulimit -f 8; exec "$@"`;
const MODULE = fileURLToPath(new URL("../../lab/history/history-file.ts", import.meta.url));
const WRITE = `
  import { createHistory } from ${JSON.stringify(MODULE)};
  const operation = { op: "read", element: 1, process: 1, invokedMs: 0, endedMs: 1, outcome: "missing" };
  try {
    await using history = await createHistory(process.argv[1]);
    for (let line = 0; line < 5_000; line++) {
      history.append(operation);
      if (line % 100 === 0) await new Promise(setImmediate);
    }
  } catch (error) {
    console.log(error.code);
  }`;

test("what goes wrong with the file is said when the history ends, and not before", async () => {
  using folder = createFolder();
  const node = [process.execPath, "--input-type=module", "-e", WRITE, folder.inFolder("history.jsonl")];
  const { stdout, stderr } = await promisify(execFile)("sh", ["-c", LIMITED, "sh", ...node]);
  assert.deepEqual([stdout, stderr], ["EFBIG\n", ""]);
});
