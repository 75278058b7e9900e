import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunData } from "../../lab/measure/results.ts";
import { renderRunComparison } from "../../lab/report/run-comparison.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

function runOf(throughputs: readonly number[], differing: Partial<RunData["environment"]> = {}): RunData {
  return {
    environment: { ...environment, ...differing },
    measurements: throughputs.map((requestsPerSecond, index) =>
      measurementWith({
        block: index + 1,
        requestsPerSecond,
        serverCpuMicrosPerRequest: 1e6 / requestsPerSecond,
      }),
    ),
    counts: null,
  };
}

describe("a run compared with another", () => {
  const quick = runOf([200, 210, 190, 205, 195], { run: "quick" });
  const slow = runOf([100, 105, 95, 102, 98], { run: "slow", commit: "fedcba9" });

  test("is faster or slower, with an interval, and what differs is named", () => {
    const text = renderRunComparison(quick, slow);
    assert.match(text, /^A: quick\\\nB: slow$/m);
    assert.match(text, /\| read +\| map +\| +2\.00 \(1\.\d\d – 2\.\d\d\) \| faster \| +0\.50 \(.*\) \| less/);
    assert.match(text, /- commit: "0123abc" and "fedcba9"/);
    assert.equal(text.match(/^- /gm)?.length, 1);
    assert.match(renderRunComparison(slow, quick), /\| slower \|.*\| more/);
  });

  test("is no different when chance explains it", () => {
    const text = renderRunComparison(quick, runOf([201, 190, 212, 194, 206], { run: "quick" }));
    assert.match(text, /\| no difference found \|/);
    assert.match(text, /Their environments are the same\./);
  });

  test("is told what differs by the innermost field", () => {
    const { stores, machine } = environment;
    const settings = { journal_mode: "wal", synchronous: 1, mmap_size: 0 };
    const differing = {
      stores: { ...stores, sqlite: { ...stores.sqlite!, settings } },
      machine: { ...machine, cgroup: null },
      disk: { ...environment.disk!, mountOptions: ["ro"] },
      fdatasync: { ...environment.fdatasync, p50Ms: 9 },
    };
    const text = renderRunComparison(quick, runOf([1, 2], { run: "slow", ...differing }));
    assert.deepEqual(text.match(/^- .*/gm), [
      '- machine.cgroup: {"version":2,"cpuLimitCores":1.5,"memoryLimitBytes":4000000000} and null',
      '- disk.mountOptions: ["rw","relatime"] and ["ro"]',
      "- stores.sqlite.settings.synchronous: 2 and 1",
      "- stores.sqlite.settings.mmap_size: none and 0",
    ]);
  });

  test("is not judged by a single block", () => {
    assert.match(renderRunComparison(runOf([200]), runOf([100])), /2\.00 \| \? +\|/);
  });

  test("of another size, data or load is refused, by name", () => {
    const larger = runOf([1], { size: 20_000, connections: 10 });
    const expected =
      "the runs did not do the same; they differ in size (10000 and 20000), connections (50 and 10)";
    assert.throws(() => renderRunComparison(quick, larger), { name: "RangeError", message: expected });
  });

  test("needs something in common, and failed trials do not count", () => {
    const failed = { ...quick, measurements: [measurementWith({ error: "it ended" })] };
    assert.throws(() => renderRunComparison(quick, failed), /no approach with the same workload in common/);
  });
});
