// What requests do, counted for real: services under strace, and a PostgreSQL.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DEFAULT_SEED, seededId } from "../../k6/lib/users.ts";
import { dataFolderOf } from "../../lab/data/data-places.ts";
import { prepareData } from "../../lab/data/prepare.ts";
import { countRequests } from "../../lab/measure/count-requests.ts";
import { COUNTED_FROM, spreadEvenly } from "../../lab/measure/counting-plan.ts";
import { openDatabaseFor } from "../../lab/targets/database-for.ts";
import { openNativeTarget } from "../../lab/targets/native-target.ts";
import type { Target } from "../../lab/targets/target.ts";
import { type ApproachName, approaches } from "../../services/approaches/index.ts";
import { createFolder } from "../helpers/folder.ts";
import { withoutStrace } from "../helpers/strace.ts";

const SIZE = 1_000;
const ENTRY_BYTES = 58;
const RECORD_READ_BYTES = 1_024;

const folder = createFolder();
const root = folder.path;
const signal = new AbortController().signal;
let target: Target;

describe("what a request does", { skip: withoutStrace }, () => {
  before(async () => {
    const { baseline: _, ...stores } = approaches;
    target = await openNativeTarget((cpus) => openDatabaseFor(stores, { root, cpus }));
    const databaseUrlOf = target.database?.urlOf;
    await prepareData({
      root,
      size: SIZE,
      seed: DEFAULT_SEED,
      approaches: stores,
      databaseUrlOf,
      onProgress() {},
      signal,
    });
  });
  after(async () => {
    await target?.[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const count = (approach: ApproachName, workload: "read" | "create") =>
    countRequests(
      { dataRoot: root, size: SIZE, dataSeed: DEFAULT_SEED, target, signal },
      { approach, row: approaches[approach], workload },
    );
  /** The ids that are asked for while it is counted. */
  const countedIds = (requests: number) => {
    const keys = spreadEvenly(COUNTED_FROM);
    return Array.from({ length: requests }, () => seededId(DEFAULT_SEED, keys(SIZE)));
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test("a read from a map reads the request and writes the answer, and nothing else", async () => {
    const { size, requests, ...counts } = await count("map", "read");
    assert.deepEqual(counts, {
      approach: "map",
      workload: "read",
      usesDatabase: false,
      systemCalls: 2,
      systemCallsByName: { read: 1, write: 1 },
      fileReadBytes: 0,
      fileWrittenBytes: 0,
      syncs: 0,
    });
    assert.deepEqual([size, requests], [SIZE, 500]);
  });

  test("a binary search opens and closes two files, and reads as many entries as it halves, and a record", async () => {
    const { requests, systemCallsByName, ...counts } = await count("binary", "read");
    const ids = readFileSync(`${dataFolderOf(root, SIZE, "binary")}/users.idx`, "latin1")
      .split("\n")
      .map((entry) => entry.slice(0, 36));
    const lookups = countedIds(requests).map((id) => countHalvings(ids.slice(0, SIZE), id));
    assert.equal(systemCallsByName.pread64, mean(lookups) + 1);
    assert.equal(systemCallsByName.openat, 2);
    assert.equal(systemCallsByName.close, 2);
    const mostBytes = mean(lookups) * ENTRY_BYTES + RECORD_READ_BYTES;
    // A record at the end of the file is read with less behind it.
    assert.ok(counts.fileReadBytes <= mostBytes && counts.fileReadBytes > mostBytes * 0.98);
    assert.equal(counts.fileWrittenBytes + counts.syncs, 0);
  });

  test("a scan reads the file up to the record, and up to a piece of 64 kB and the next beyond it", async () => {
    const { requests, fileReadBytes, systemCallsByName } = await count("linear", "read");
    const text = readFileSync(`${dataFolderOf(root, SIZE, "linear")}/users.jsonl`);
    const ends = countedIds(requests).map((id) => text.indexOf("\n", text.indexOf(id)));
    assert.ok(fileReadBytes >= mean(ends), `${fileReadBytes} of ${mean(ends)}`);
    assert.ok(fileReadBytes <= mean(ends.map((end) => Math.min(text.length, end + 2 * 65_536))));
    assert.equal(systemCallsByName.openat, 1);
    assert.equal(systemCallsByName.close, 1);
  });

  test("an appended line is one file opened, written and closed, and synced never", async () => {
    const { fileWrittenBytes, systemCallsByName, ...counts } = await count("linear", "create");
    assert.deepEqual(systemCallsByName, { write: 2, close: 1, openat: 1, read: 1 });
    assert.ok(fileWrittenBytes > 100 && fileWrittenBytes < 200, `${fileWrittenBytes}`);
    assert.equal(counts.syncs + counts.fileReadBytes, 0);
  });

  test("SQLite syncs once for each insert, and a few times more for its checkpoints", async () => {
    const { requests, syncs, fileWrittenBytes } = await count("sqlite", "create");
    assert.equal(requests, 500);
    assert.ok(syncs >= 1 && syncs < 1.02, `${syncs}`);
    // Two pages or more to the write-ahead log: one of the table, one of the index of ids.
    assert.ok(fileWrittenBytes > 2 * 4_096, `${fileWrittenBytes}`);
  });

  test("a read from PostgreSQL is a question more to its server, which is not counted itself", async () => {
    const { systemCallsByName, fileReadBytes, usesDatabase } = await count("postgres", "read");
    assert.ok(usesDatabase);
    assert.deepEqual(systemCallsByName, { read: 2, write: 2 });
    assert.equal(fileReadBytes, 0);
  });

  test("leaves the prepared data as it was", () => {
    assert.equal(
      readFileSync(`${dataFolderOf(root, SIZE, "linear")}/users.jsonl`, "utf8").split("\n").length,
      1_001,
    );
  });

  test("where strace may not trace it says so", async () => {
    // What is traced already cannot be traced by another.
    const module = fileURLToPath(new URL("../../lab/measure/count-requests.ts", import.meta.url));
    const script = `console.log(await (await import(${JSON.stringify(module)})).findObstacle())`;
    const node = [process.execPath, "--input-type=module", "--eval", script];
    const { stdout } = await promisify(execFile)("strace", [
      "-f",
      "-e",
      "trace=none",
      "-o",
      "/dev/null",
      ...node,
    ]);
    assert.match(stdout, /strace: .*Operation not permitted/);
  });
});

/** How many entries a binary search looks at until it finds the id. */
function countHalvings(sorted: readonly string[], id: string): number {
  let [low, high, looks] = [0, sorted.length - 1, 0];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    looks++;
    if (sorted[middle] === id) return looks;
    if ((sorted[middle] as string) < id) low = middle + 1;
    else high = middle - 1;
  }
  throw new Error(`${id} is not in the index`);
}
