// Counting as part of a run of the bench.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { readResults } from "../../lab/measure/results.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { findProcessesOf } from "../helpers/processes.ts";
import { withoutStrace } from "../helpers/strace.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());

const DATA = folder.inFolder("data");
const RUN = ["--size", "200", "--warmup", "30ms", "--duration", "100ms", "--blocks", "1", "--data", DATA];

/** Runs the bench with counting, each time into results of its own. */
function startCounting(results: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const flags = [...RUN, ...args, "--results", folder.inFolder(results)];
  return startCommand("bench.ts", flags, { COUNTS: "yes", ...env });
}

const latestOf = (results: string) =>
  `${folder.inFolder(results)}/${readdirSync(folder.inFolder(results)).at(-1)}`;

describe("a run of the bench", () => {
  test("counts what each approach does for each workload, and says so", { skip: withoutStrace }, async () => {
    const args = ["--approaches", "map,binary", "--workloads", "read,create"];
    const { code, stdout, stderr } = await startCounting("counted", args).ended;
    assert.equal(code, 0, stderr);
    const { counts } = readResults(latestOf("counted"));
    const counted = counts?.map(({ approach, workload }) => `${workload} ${approach}`);
    assert.deepEqual(counted, ["read map", "create map", "read binary"]);
    assert.match(stderr, /^counted: read map, 2 system calls per request$/m);
    assert.match(stdout, /^\| read +\| binary +\|.*pread64/m);
    const report = readFileSync(`${latestOf("counted")}/report.md`, "utf8");
    assert.match(report, /^## What a request does\n\nPer request/m);
    assert.match(report, /^read: binary makes [\d.]+ times the calls of map; files are read by binary/m);
  });

  test("counts the others when a service cannot be asked", { skip: withoutStrace }, async () => {
    const index = `${DATA}/200/binary/users.idx`;
    const whole = readFileSync(index);
    writeFileSync(index, Buffer.alloc(whole.length, "x"));
    const bench = startCounting("one-away", ["--approaches", "map,binary", "--workloads", "read"]);
    const { code, stderr } = await bench.ended;
    writeFileSync(index, whole);
    assert.equal(code, 1);
    assert.match(stderr, /^system calls not counted: read binary: binary did not start: .*run build-index$/m);
    assert.match(stderr, /^error: 1 of 2 trials failed/m);
    assert.deepEqual(
      readResults(latestOf("one-away")).counts?.map(({ approach }) => approach),
      ["map"],
    );
  });

  test("without strace measures all the same", async () => {
    const args = ["--approaches", "map", "--workloads", "read"];
    const { code, stdout, stderr } = await startCounting("without", args, { PATH: DATA }).ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^system calls not counted: strace is not on the PATH$/m);
    assert.match(stdout, /^Not run: system calls are counted on Linux, with strace/m);
    assert.equal(readResults(latestOf("without")).counts, null);
  });

  test("that is stopped while it counts keeps its trials and leaves nothing running", {
    skip: withoutStrace,
  }, async () => {
    const bench = startCounting("stopped", ["--approaches", "map,sqlite", "--workloads", "read"]);
    await bench.said("counted: read map");
    bench.child.kill("SIGINT");
    const { code, stderr } = await bench.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^error: stopped; finished trials are in/m);
    assert.equal(readResults(latestOf("stopped")).measurements.length, 2);
    assert.deepEqual(await findProcessesOf(DATA), []);
  });

  test("is not counted where nobody wants it", async () => {
    const args = [
      ...RUN,
      "--approaches",
      "map",
      "--workloads",
      "read",
      "--results",
      folder.inFolder("unwanted"),
    ];
    const { stderr } = await runCommand("bench.ts", args, { COUNTS: "no" });
    assert.doesNotMatch(stderr, /counted/);
    assert.equal(readResults(latestOf("unwanted")).counts, null);
  });
});
