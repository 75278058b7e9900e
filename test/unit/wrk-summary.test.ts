import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readWrkSummary, undoCorrection, type WrkSummary } from "../../lab/load/wrk-summary.ts";

type Latencies = WrkSummary["latencies"];

/** What wrk adds: after each answer that took long, those that were "not asked for" meanwhile. */
function correct(measured: Latencies, intervalMicros: number): Latencies {
  const counts = new Map(measured);
  for (const [micros, count] of measured) {
    for (let missed = micros - intervalMicros; missed > intervalMicros; missed -= intervalMicros)
      counts.set(missed, (counts.get(missed) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

const latencies = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 100 })), {
    selector: ([micros]) => micros,
    minLength: 1,
  })
  .map((pairs): Latencies => pairs.toSorted(([a], [b]) => a - b));

const noErrors = { connect: 0, read: 0, write: 0, status: 0, timeout: 0 };
const asked = { connections: 2, timeoutMs: 3_000 };

describe("what wrk added to its latencies", () => {
  test("a known answer", () => {
    // One answer took 50 µs where 10 are usual: wrk adds 40, 30 and 20.
    const corrected = correct(
      [
        [8, 5],
        [30, 2],
        [50, 1],
      ],
      10,
    );
    assert.deepEqual(corrected, [
      [8, 5],
      [20, 3],
      [30, 3],
      [40, 1],
      [50, 1],
    ]);
    assert.deepEqual(undoCorrection(corrected, 10), [
      [8, 5],
      [30, 2],
      [50, 1],
    ]);
  });

  test("is taken out again, exactly", () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 6_000 }), (measured, intervalMicros) => {
        assert.deepEqual(undoCorrection(correct(measured, intervalMicros), intervalMicros), measured);
      }),
    );
  });
});

describe("a summary of wrk", () => {
  // Ten answers over two connections in 1,000 µs: wrk takes 200 µs for usual.
  const measured: Latencies = [
    [100, 6],
    [150, 3],
    [900, 1],
  ];
  const summary = { durationMicros: 1_000, requests: 10, bytes: 5_000, errors: noErrors };

  test("has as many latencies as answers, with and without what wrk added", () => {
    for (const latencies of [measured, correct(measured, 200)]) {
      const report = readWrkSummary({ ...summary, latencies }, asked);
      const { requests, errors, unfinished, windowMs, latencyMs } = report;
      assert.deepEqual([requests, errors, unfinished, windowMs], [10, {}, 0, 1]);
      assert.deepEqual([latencyMs.p50, latencyMs.p90, latencyMs.max], [0.1, 0.15, 0.9]);
      assert.ok(Math.abs(latencyMs.mean - 0.195) < 0.001, `${latencyMs.mean}`);
    }
  });

  test("answers after the time limit are unfinished, and wait at least as long", () => {
    const late = { ...summary, requests: 12, errors: { ...noErrors, timeout: 2 }, latencies: measured };
    const report = readWrkSummary(late, asked);
    assert.deepEqual([report.requests, report.unfinished, report.latencyMs.max], [10, 2, 3_000]);
  });

  test("errors have names", () => {
    const errors = { connect: 1, read: 2, write: 3, status: 4, timeout: 0 };
    const report = readWrkSummary({ ...summary, errors, latencies: measured }, asked);
    assert.equal(report.requests, 6);
    assert.deepEqual(report.errors, {
      "status above 399": 4,
      "connect failed": 1,
      "read failed": 2,
      "write failed": 3,
    });
  });

  test("without an answer, or with latencies of other answers, it is none", () => {
    assert.throws(() => readWrkSummary({ ...summary, requests: 0, latencies: [] }, asked), /no answer/);
    assert.throws(
      () => readWrkSummary({ ...summary, requests: 11, latencies: measured }, asked),
      /not those of its 11 answers/,
    );
  });
});
