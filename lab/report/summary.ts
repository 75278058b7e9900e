// Brings the blocks of a run together: one row per approach and workload.
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { type Estimate, estimateMedian } from "../measure/bootstrap.ts";
import type { Measurement } from "../measure/measurement.ts";
import { estimatePercentiles } from "../measure/pooled-percentiles.ts";
import type { Verdict } from "../measure/verdict.ts";

/** Below this the 99th percentile is the word of ten requests. */
const P99_MIN_REQUESTS = 1_000;

export interface SummaryRow {
  readonly approach: string;
  /** Trials that count: those without an error. */
  readonly blocks: number;
  /** What went wrong in the others. */
  readonly faults: readonly string[];
  readonly requests: number;
  readonly unfinished: number;
  /** Medians over the blocks. */
  readonly requestsPerSecond: Estimate;
  readonly serverCpuMicrosPerRequest: Estimate;
  readonly databaseCpuMicrosPerRequest: Estimate | null;
  /** Of all requests of all blocks together; p99 is null where they are too few. */
  readonly latencyMs: {
    readonly p50: Estimate;
    readonly p90: Estimate;
    readonly p99: Estimate | null;
    readonly max: number;
  };
  readonly serverRssBytes: Estimate;
  readonly startupMs: Estimate;
  readonly windowMs: number;
  readonly durability: string;
  /** Each verdict once. */
  readonly verdicts: readonly Verdict[];
}

/** Returns the approaches of one workload, the fastest first; those without a good trial last. */
export function summarize(measurements: readonly Measurement[], workload: string): SummaryRow[] {
  const ofWorkload = measurements.filter((measurement) => measurement.workload === workload);
  const byApproach = Map.groupBy(ofWorkload, (measurement) => measurement.approach);
  const rows = [...byApproach].map(([approach, trials]) => summarizeApproach(approach, trials));
  return rows.sort((a, b) => b.requestsPerSecond.value - a.requestsPerSecond.value);
}

function summarizeApproach(approach: string, trials: readonly Measurement[]): SummaryRow {
  const good = trials.filter((trial) => trial.error === undefined);
  const over = (value: (trial: Measurement) => number) => estimateOf(good.map(value));
  const hasDatabase = good.some((trial) => trial.databaseCpuMicrosPerRequest !== undefined);
  return {
    approach,
    blocks: good.length,
    faults: trials.flatMap((trial) => trial.error ?? []),
    requests: good.reduce((sum, trial) => sum + trial.requests, 0),
    unfinished: good.reduce((sum, trial) => sum + trial.unfinished, 0),
    requestsPerSecond: over((trial) => trial.requestsPerSecond),
    serverCpuMicrosPerRequest: over((trial) => trial.serverCpuMicrosPerRequest),
    databaseCpuMicrosPerRequest: hasDatabase ? over((trial) => trial.databaseCpuMicrosPerRequest ?? 0) : null,
    latencyMs: poolLatencies(good),
    serverRssBytes: over((trial) => trial.serverRssBytes),
    startupMs: over((trial) => trial.startupMs),
    windowMs: over((trial) => trial.windowMs).value,
    durability: trials[0]?.durability ?? "",
    verdicts: [...new Set(good.map((trial) => trial.verdict))],
  };
}

function estimateOf(values: readonly number[]): Estimate {
  return values.length === 0 ? { value: 0, low: null, high: null } : estimateMedian(values);
}

/** Percentiles are never averaged: histograms are added up. Where a generator keeps none, the median block stands
 * for all of them. */
function poolLatencies(trials: readonly Measurement[]): SummaryRow["latencyMs"] {
  const count = trials.reduce((sum, trial) => sum + trial.requests + trial.unfinished, 0);
  const max = Math.max(0, ...trials.map((trial) => trial.latencyMs.max));
  const histograms = trials
    .flatMap((trial) => trial.latencyHistogram ?? [])
    .map((text) => decodeFromCompressedBase64(text));
  const isComplete = histograms.length > 0 && histograms.length === trials.length;
  const [p50, p90, p99] = isComplete
    ? estimatePercentiles(histograms, [50, 90, 99]).map(toMs)
    : (["p50", "p90", "p99"] as const).map((key) => estimateOf(trials.map((trial) => trial.latencyMs[key])));
  return {
    p50: p50 as Estimate,
    p90: p90 as Estimate,
    p99: count >= P99_MIN_REQUESTS ? (p99 as Estimate) : null,
    max,
  };
}

function toMs({ value, low, high }: Estimate): Estimate {
  return {
    value: value / 1000,
    low: low === null ? null : low / 1000,
    high: high === null ? null : high / 1000,
  };
}
