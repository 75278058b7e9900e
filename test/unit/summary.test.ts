import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { type SummaryRow, summarize, summarizeOpen } from "../../lab/report/summary.ts";
import { histogramOf } from "../helpers/histograms.ts";
import { measurementWith } from "../helpers/measurements.ts";

const summarizeOne = (...trials: Partial<Measurement>[]) =>
  summarize(trials.map(measurementWith), "read")[0] as SummaryRow;

test("approaches come fastest first, those without a good trial last", () => {
  const rows = summarize(
    [
      measurementWith({ approach: "linear", requestsPerSecond: 200 }),
      measurementWith({ approach: "sqlite", error: "it ended", requestsPerSecond: 0 }),
      measurementWith({ approach: "map", requestsPerSecond: 60_000 }),
      measurementWith({ approach: "map", workload: "create", requestsPerSecond: 1 }),
    ],
    "read",
  );
  assert.deepEqual(
    rows.map((row) => row.approach),
    ["map", "linear", "sqlite"],
  );
});

test("throughput and CPU time are medians over the blocks, with their intervals", () => {
  const row = summarizeOne(
    { requestsPerSecond: 100, serverCpuMicrosPerRequest: 30 },
    { requestsPerSecond: 300, serverCpuMicrosPerRequest: 10 },
    { requestsPerSecond: 110, serverCpuMicrosPerRequest: 20 },
    { requestsPerSecond: 105, serverCpuMicrosPerRequest: 15 },
    { requestsPerSecond: 120, serverCpuMicrosPerRequest: 25 },
  );
  assert.deepEqual(row.requestsPerSecond, { value: 110, low: 100, high: 300 });
  assert.equal(row.serverCpuMicrosPerRequest.value, 20);
  assert.equal(row.databaseCpuMicrosPerRequest, null);
});

test("trials with an error are in no figure and their errors are kept", () => {
  const row = summarizeOne({ requestsPerSecond: 100 }, { requestsPerSecond: 0, error: "the service ended" });
  assert.equal(row.blocks, 1);
  assert.deepEqual(row.requestsPerSecond, { value: 100, low: null, high: null });
  assert.deepEqual(row.faults, ["the service ended"]);
});

test("every verdict is named once", () => {
  const row = summarizeOne({ verdict: "mixed" }, { verdict: "client-limited" }, { verdict: "mixed" });
  assert.deepEqual(row.verdicts, ["mixed", "client-limited"]);
});

describe("latencies of several blocks", () => {
  const quick = new Array<number>(9_900).fill(1);
  const slow = new Array<number>(100).fill(500);

  test("are percentiles of all requests, not averages of percentiles", () => {
    const { latencyMs } = summarizeOne(
      {
        latencyHistogram: histogramOf(quick),
        latencyMs: { mean: 1, p50: 1, p90: 1, p99: 1, p999: 1, max: 1 },
      },
      {
        latencyHistogram: histogramOf(slow),
        latencyMs: { mean: 9, p50: 500, p90: 500, p99: 500, p999: 500, max: 500 },
      },
    );
    assert.equal(Math.round(latencyMs.p50.value), 1);
    assert.equal(Math.round(latencyMs.p99?.value ?? 0), 1);
    assert.ok(Math.abs(latencyMs.max - 500) < 1, `${latencyMs.max}`);
  });

  test("are the medians of the blocks where a generator keeps no histogram", () => {
    const latencyMs = (p50: number, max: number) => ({ mean: p50, p50, p90: p50, p99: p50, p999: p50, max });
    const row = summarizeOne(
      { latencyMs: latencyMs(3, 9) },
      { latencyMs: latencyMs(1, 70) },
      { latencyMs: latencyMs(2, 8) },
      { latencyMs: latencyMs(2, 8) },
      { latencyMs: latencyMs(2, 8) },
    );
    const middle = { value: 2, low: 1, high: 3 };
    const percentiles = { p50: middle, p90: middle, p99: middle, p999: middle };
    assert.deepEqual(row.latencyMs, { mean: middle, ...percentiles, max: 70 });
  });

  test("have no p99 below a thousand requests", () => {
    assert.equal(summarizeOne({ requests: 999 }).latencyMs.p99, null);
    assert.equal(summarizeOne({ requests: 999, unfinished: 1 }).latencyMs.p99?.value, 12);
  });

  test("have no p99.9 below ten thousand", () => {
    assert.equal(summarizeOne({ requests: 9_999 }).latencyMs.p999, null);
    assert.equal(summarizeOne({ requests: 10_000 }).latencyMs.p999?.value, 15);
  });

  test("need so many in each block where a generator keeps no histogram", () => {
    assert.equal(summarizeOne({ requests: 600 }, { requests: 600 }).latencyMs.p99, null);
    const latencyHistogram = histogramOf(new Array<number>(600).fill(1));
    const kept = { requests: 600, latencyHistogram };
    assert.equal(Math.round(summarizeOne(kept, kept).latencyMs.p99?.value ?? 0), 1);
  });
});

describe("trials that were limited by their generator", () => {
  const limited = { verdict: "client-limited", generator: "k6", impliedRequestsPerSecond: 50_000 } as const;
  const again = { generator: "wrk", isAgain: true, requestsPerSecond: 48_000 } as const;

  test("have what their CPU time implies, and rows of their own where they were made again", () => {
    const rows = summarize([measurementWith(limited), measurementWith({ ...limited, ...again })], "read");
    assert.deepEqual(
      rows.map((row) => [row.generator, row.isAgain, row.requestsPerSecond.value]),
      [
        ["wrk", true, 48_000],
        ["k6", false, 10_000],
      ],
    );
    assert.equal(rows[1]?.impliedRequestsPerSecond?.value, 50_000);
  });

  test("show the ceiling of that generator, under which others are not sure to be the limit", () => {
    const baseline = measurementWith({ ...limited, approach: "baseline", requestsPerSecond: 8_000 });
    const shares = { serverCpuShare: 0.85, generatorCpuShare: 0.9 };
    const verdictOf = (requestsPerSecond: number, verdict: "server-limited" | "mixed", generator = "k6") =>
      summarize(
        [baseline, measurementWith({ ...shares, generator, requestsPerSecond, verdict })],
        "read",
      ).find(({ approach }) => approach === "map")?.verdicts;
    assert.deepEqual(verdictOf(3_900, "server-limited"), ["server-limited"]);
    assert.deepEqual(verdictOf(4_100, "server-limited"), ["mixed"]);
    assert.deepEqual(verdictOf(4_100, "mixed"), ["client-limited"]);
    assert.deepEqual(verdictOf(4_100, "server-limited", "builtin"), ["server-limited"]);
  });
});

test("open trials are rows by rate, the common rate first, and never among the closed ones", () => {
  const open = (approach: string, rate: string, p50: number, targetRequestsPerSecond: number) =>
    measurementWith({
      approach,
      load: "open",
      rate,
      targetRequestsPerSecond,
      latencyMs: { mean: p50, p50, p90: p50, p99: p50, p999: p50, max: p50 },
    });
  const measurements = [
    open("map", "75%", 3, 750),
    open("map", "common", 2, 10),
    open("linear", "common", 9, 10),
    open("linear", "25%", 9, 5),
    open("baseline", "common", 1, 10),
    measurementWith({ requestsPerSecond: 1_000 }),
  ];
  assert.deepEqual(
    summarizeOpen(measurements, "read").map(({ approach, rate }) => `${approach} ${rate}`),
    ["baseline common", "map common", "linear common", "linear 25%", "map 75%"],
  );
  assert.equal(summarize(measurements, "read").length, 1);
});
