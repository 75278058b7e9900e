import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { RunData } from "../../lab/measure/results.ts";
import { renderRunComparison } from "../../lab/report/run-comparison.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

function runOf(throughputs: readonly number[], differing: Partial<RunData["environment"]> = {}): RunData {
  return {
    environment: { ...environment, blocks: throughputs.length, ...differing },
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
      blocks: 5,
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

  test("by another generator is refused, and by another version of it is named", () => {
    const k6 = runOf([1], { generator: { name: "k6", version: "1.0" } });
    assert.throws(() => renderRunComparison(quick, k6), /they differ in generator \(builtin and k6\)/);
    const newer = runOf([1, 2], { generator: { name: "builtin", version: "25.0.0" } });
    assert.match(renderRunComparison(quick, newer), /^- generator\.version: "24\.0\.0" and "25\.0\.0"$/m);
  });

  test("with another wait limit is refused, and with another window is named", () => {
    assert.throws(
      () => renderRunComparison(quick, runOf([1], { waitLimitMs: 5 })),
      /waitLimitMs \(120000 and 5\)/,
    );
    const longer = renderRunComparison(quick, runOf([1, 2], { durationMs: 9_000 }));
    assert.match(longer, /^- durationMs: 2000 and 9000$/m);
  });

  test("says that one of the two was stopped", () => {
    const text = renderRunComparison(quick, runOf([1, 2], { blocks: 9, endedAt: null }));
    assert.match(text, /^B: The run did not come to its end: 2 of 9 planned blocks/m);
    assert.doesNotMatch(text, /^A: The run/m);
  });

  test("needs something in common, and failed trials do not count", () => {
    const failed = { ...quick, measurements: [measurementWith({ error: "it ended" })] };
    assert.throws(() => renderRunComparison(quick, failed), /no approach with the same workload in common/);
  });
});

describe("a run under an open load", () => {
  function openRun(p99s: readonly number[], fields: Partial<Measurement> = {}): RunData {
    const closed = p99s.slice(0, 2).map((_, index) => measurementWith({ block: index + 1 }));
    const open = p99s.map((p99, index) =>
      measurementWith({
        ...{ block: index + 3, load: "open", rate: "common", targetRequestsPerSecond: 500 },
        latencyMs: { mean: p99 / 3, p50: p99 / 4, p90: p99 / 2, p99, p999: 2 * p99, max: 3 * p99 },
        ...fields,
      }),
    );
    const settings = { load: "open", blocks: p99s.length } as const;
    return { environment: { ...environment, ...settings }, measurements: [...closed, ...open], counts: null };
  }
  const long = openRun([40, 42, 38, 41, 39]);
  const short = openRun([20, 21, 19, 20.5, 19.5]);

  test("is compared by its latencies, and not by its throughput", () => {
    const text = renderRunComparison(long, short);
    assert.match(text, /\| read +\| map +\| +500 \| +2\.00 \(.*\) \| longer +\| +2\.00 \(.*\) \| longer +\|/);
    assert.doesNotMatch(text, /req\/s, A|faster|slower/);
    assert.match(text, /throughput is what was asked for/);
    assert.match(renderRunComparison(short, long), /\| shorter/);
  });

  test("has no p99 of too few requests", () => {
    const few = openRun([40, 42, 38, 41, 39], { requests: 900 });
    assert.match(renderRunComparison(few, short), /\| longer +\| +too few \| \?/);
  });

  test("is not compared at another rate", () => {
    const other = openRun([40, 42, 38, 41, 39], { targetRequestsPerSecond: 490 });
    assert.throws(() => renderRunComparison(other, short), /at the same rate in common.*RATE=100/);
  });
});
