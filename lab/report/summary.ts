// Brings the blocks of a run together: one row per approach and workload.
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import type { LatencyMs } from "../load/generator.ts";
import { summarizeLatencies } from "../load/latencies.ts";
import type { Measurement } from "../measure/measurement.ts";
import { median } from "../measure/statistics.ts";
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
  /** Medians over the blocks, with the lowest and highest. */
  readonly requestsPerSecond: Spread;
  readonly serverCpuMicrosPerRequest: Spread;
  readonly databaseCpuMicrosPerRequest: Spread | null;
  /** Of all requests of all blocks together; p99 is null where they are too few. */
  readonly latencyMs: Omit<LatencyMs, "p99"> & { readonly p99: number | null };
  readonly serverRssBytes: number;
  readonly startupMs: number;
  readonly windowMs: number;
  readonly durability: string;
  /** Each verdict once. */
  readonly verdicts: readonly Verdict[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns the approaches of one workload, the fastest first; those without a good trial last. */
export function summarize(measurements: readonly Measurement[], workload: string): SummaryRow[] {
  const ofWorkload = measurements.filter((measurement) => measurement.workload === workload);
  const byApproach = Map.groupBy(ofWorkload, (measurement) => measurement.approach);
  const rows = [...byApproach].map(([approach, trials]) => summarizeApproach(approach, trials));
  return rows.sort((a, b) => b.requestsPerSecond.median - a.requestsPerSecond.median);
}

function summarizeApproach(approach: string, trials: readonly Measurement[]): SummaryRow {
  const good = trials.filter((trial) => trial.error === undefined);
  const spread = (value: (trial: Measurement) => number) => spreadOf(good.map(value));
  const hasDatabase = good.some((trial) => trial.databaseCpuMicrosPerRequest !== undefined);
  return {
    approach,
    blocks: good.length,
    faults: trials.flatMap((trial) => trial.error ?? []),
    requests: good.reduce((sum, trial) => sum + trial.requests, 0),
    unfinished: good.reduce((sum, trial) => sum + trial.unfinished, 0),
    requestsPerSecond: spread((trial) => trial.requestsPerSecond),
    serverCpuMicrosPerRequest: spread((trial) => trial.serverCpuMicrosPerRequest),
    databaseCpuMicrosPerRequest: hasDatabase
      ? spread((trial) => trial.databaseCpuMicrosPerRequest ?? 0)
      : null,
    latencyMs: mergeLatencies(good),
    serverRssBytes: spread((trial) => trial.serverRssBytes).median,
    startupMs: spread((trial) => trial.startupMs).median,
    windowMs: spread((trial) => trial.windowMs).median,
    durability: trials[0]?.durability ?? "",
    verdicts: [...new Set(good.map((trial) => trial.verdict))],
  };
}

function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { median: 0, min: 0, max: 0 };
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Percentiles are never averaged: histograms are added up. Where a generator keeps none, the median block stands
 * for all of them. */
function mergeLatencies(trials: readonly Measurement[]): SummaryRow["latencyMs"] {
  const count = trials.reduce((sum, trial) => sum + trial.requests + trial.unfinished, 0);
  const hideFew = (p99: number) => (count >= P99_MIN_REQUESTS ? p99 : null);
  const [first, ...others] = trials
    .flatMap((trial) => trial.latencyHistogram ?? [])
    .map((text) => decodeFromCompressedBase64(text));
  if (first === undefined || others.length + 1 < trials.length) {
    const medianOf = (key: keyof LatencyMs) => spreadOf(trials.map((trial) => trial.latencyMs[key])).median;
    const max = Math.max(0, ...trials.map((trial) => trial.latencyMs.max));
    const [mean, p50, p90] = [medianOf("mean"), medianOf("p50"), medianOf("p90")];
    return { mean, p50, p90, p99: hideFew(medianOf("p99")), max };
  }
  for (const other of others) first.add(other);
  const latencyMs = summarizeLatencies(first);
  return { ...latencyMs, p99: hideFew(latencyMs.p99) };
}
