// Brings the blocks of a run together: one row per approach and workload.
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { type Estimate, estimateMedian } from "../measure/bootstrap.ts";
import { findCeiling, judgeUnderCeiling } from "../measure/ceiling.ts";
import type { Measurement } from "../measure/measurement.ts";
import { estimatePercentiles } from "../measure/pooled-percentiles.ts";
import type { Verdict } from "../measure/verdict.ts";

/** Below these a percentile is the word of ten requests. */
export const P99_MIN_REQUESTS = 1_000;
const P999_MIN_REQUESTS = 10_000;

export interface SummaryRow {
  readonly approach: string;
  readonly generator: string;
  /** Whether these trials were made again, with a cheaper generator, because the run's own was the limit. */
  readonly isAgain: boolean;
  readonly storesNothing: boolean;
  /** Trials that count: those without an error. */
  readonly blocks: number;
  /** What went wrong in the others. */
  readonly faults: readonly string[];
  readonly requests: number;
  readonly unfinished: number;
  /** Medians over the blocks. */
  readonly requestsPerSecond: Estimate;
  /** What the CPU time per request lets the service do: derived, and only where a generator was the limit. */
  readonly impliedRequestsPerSecond: Estimate | null;
  readonly serverCpuMicrosPerRequest: Estimate;
  readonly databaseCpuMicrosPerRequest: Estimate | null;
  /** Percentiles are of all requests of all blocks together, p99 and p999 null where they are too few; the mean is the
   * median block's. */
  readonly latencyMs: {
    readonly mean: Estimate;
    readonly p50: Estimate;
    readonly p90: Estimate;
    readonly p99: Estimate | null;
    readonly p999: Estimate | null;
    readonly max: number;
  };
  readonly serverRssBytes: Estimate;
  readonly startupMs: Estimate;
  readonly windowMs: number;
  readonly durability: string;
  /** Each verdict once. */
  readonly verdicts: readonly Verdict[];
}

/** An approach at one arrival rate. */
export interface OpenRow extends SummaryRow {
  readonly rate: string;
  readonly targetRequestsPerSecond: number;
}

/** Returns the approaches of one workload under a closed load, the fastest first; those without a good trial last. Trials
 * that were made again are rows of their own. */
export function summarize(measurements: readonly Measurement[], workload: string): SummaryRow[] {
  const judged = judgeUnderCeilings(measurements, workload);
  const groups = Map.groupBy(judged, ({ approach, generator, isAgain }) =>
    isAgain ? `${approach}\t${generator}` : approach,
  );
  return [...groups.values()].map(summarizeTrials).sort((a, b) => throughputOf(b) - throughputOf(a));
}

/** Returns the trials of one workload under a closed load, each judged with the ceiling of its generator in view. */
export function judgeUnderCeilings(measurements: readonly Measurement[], workload: string): Measurement[] {
  const closed = measurements.filter((trial) => trial.workload === workload && trial.load === "closed");
  return closed.map((trial) => ({
    ...trial,
    verdict: judgeUnderCeiling(trial, findCeiling(closed, workload, trial.generator)),
  }));
}

const throughputOf = ({ requestsPerSecond }: SummaryRow) => requestsPerSecond.value;

/** Returns the approaches of one workload under an open load: by rate, in the order of the first row of each, and the
 * quickest median first. */
export function summarizeOpen(measurements: readonly Measurement[], workload: string): OpenRow[] {
  const open = measurements.filter((trial) => trial.workload === workload && trial.load === "open");
  const groups = Map.groupBy(
    open,
    ({ approach, rate, isAgain, generator }) => `${rate}\t${approach}\t${isAgain ? generator : ""}`,
  );
  const rows = [...groups.values()].map((trials) => {
    const { rate = "", targetRequestsPerSecond = 0 } = trials[0] as Measurement;
    return { ...summarizeTrials(trials), rate, targetRequestsPerSecond };
  });
  return rows.sort((a, b) => order(a) - order(b) || compareMedians(a, b));
}

/** Rows without a good trial last. */
function compareMedians(a: OpenRow, b: OpenRow): number {
  const medianOf = ({ blocks, latencyMs }: OpenRow) =>
    blocks === 0 ? Number.MAX_VALUE : latencyMs.p50.value;
  return medianOf(a) - medianOf(b);
}

/** The common rate first, then the parts of each approach's own capacity. */
function order({ rate }: OpenRow): number {
  return Number.parseFloat(rate) || 0;
}

/** Brings the trials of one row together. */
function summarizeTrials(trials: readonly Measurement[]): SummaryRow {
  const [{ approach, generator, isAgain, storesNothing, durability }] = trials as [
    Measurement,
    ...Measurement[],
  ];
  const good = trials.filter((trial) => trial.error === undefined);
  const over = (value: (trial: Measurement) => number) => estimateOf(good.map(value));
  const hasDatabase = good.some((trial) => trial.databaseCpuMicrosPerRequest !== undefined);
  const isLimited = good.some(({ verdict }) => verdict === "client-limited");
  return {
    approach,
    generator,
    isAgain: isAgain === true,
    storesNothing: storesNothing === true,
    blocks: good.length,
    faults: trials.flatMap((trial) => trial.error ?? []),
    requests: good.reduce((sum, trial) => sum + trial.requests, 0),
    unfinished: good.reduce((sum, trial) => sum + trial.unfinished, 0),
    requestsPerSecond: over((trial) => trial.requestsPerSecond),
    impliedRequestsPerSecond: isLimited ? over((trial) => trial.impliedRequestsPerSecond ?? 0) : null,
    serverCpuMicrosPerRequest: over((trial) => trial.serverCpuMicrosPerRequest),
    databaseCpuMicrosPerRequest: hasDatabase ? over((trial) => trial.databaseCpuMicrosPerRequest ?? 0) : null,
    latencyMs: poolLatencies(good),
    serverRssBytes: over((trial) => trial.serverRssBytes),
    startupMs: over((trial) => trial.startupMs),
    windowMs: over((trial) => trial.windowMs).value,
    durability,
    verdicts: [...new Set(good.map((trial) => trial.verdict))],
  };
}

function estimateOf(values: readonly number[]): Estimate {
  return values.length === 0 ? { value: 0, low: null, high: null } : estimateMedian(values);
}

/** Percentiles are never averaged: histograms are added up. Where a generator keeps none, the median block stands
 * for all of them, and each block needs the requests for itself. */
function poolLatencies(trials: readonly Measurement[]): SummaryRow["latencyMs"] {
  const counts = trials.map((trial) => trial.requests + trial.unfinished);
  const max = Math.max(0, ...trials.map((trial) => trial.latencyMs.max));
  const histograms = trials
    .flatMap((trial) => trial.latencyHistogram ?? [])
    .map((text) => decodeFromCompressedBase64(text));
  const isComplete = histograms.length > 0 && histograms.length === trials.length;
  const estimates = isComplete
    ? estimatePercentiles(histograms, [50, 90, 99, 99.9]).map(toMs)
    : QUANTILES.map((key) => estimateOf(trials.map((trial) => trial.latencyMs[key])));
  const [p50, p90, p99, p999] = estimates as [Estimate, Estimate, Estimate, Estimate];
  const count = isComplete ? counts.reduce((sum, one) => sum + one, 0) : Math.min(...counts);
  return {
    mean: estimateOf(trials.map((trial) => trial.latencyMs.mean)),
    p50,
    p90,
    p99: count >= P99_MIN_REQUESTS ? p99 : null,
    p999: count >= P999_MIN_REQUESTS ? p999 : null,
    max,
  };
}

const QUANTILES = ["p50", "p90", "p99", "p999"] as const;

function toMs({ value, low, high }: Estimate): Estimate {
  return {
    value: value / 1000,
    low: low === null ? null : low / 1000,
    high: high === null ? null : high / 1000,
  };
}
