import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { compressHistory, createHistory, readHistory } from "../../lab/history/history-file.ts";
import type { Operation } from "../../lab/history/operation.ts";
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
  for (const operation of operations) history.append(operation);
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

test("a history is never written over", async () => {
  using folder = createFolder();
  const path = folder.inFolder("history.jsonl");
  writeFileSync(path, "mine\n");
  await assert.rejects(createHistory(path), { code: "EEXIST" });
  assert.equal(readFileSync(path, "utf8"), "mine\n");
});
