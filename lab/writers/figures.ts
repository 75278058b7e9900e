// What the blocks of a cell say together. Pure.
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { type Estimate, estimateMedian } from "../measure/bootstrap.ts";
import { type ByBlock, compareWithinBlocks } from "../measure/difference.ts";
import { findNoisyTrials } from "../measure/noise.ts";
import { poolHistograms } from "../measure/pooled-percentiles.ts";
import { median } from "../measure/statistics.ts";
import type { TrialRecord, WritersRecord } from "./record.ts";

/** A trial beside which others used more of all cores is a noisy one. The system's own threads use some per cent. */
export const OTHERS_LIMIT = 0.25;
/** Fewer requests have no p99. */
const P99_MIN_REQUESTS = 1_000;

/** All trials of one cell. */
export interface CellSummary
  extends Pick<TrialRecord, "cell" | "approach" | "setup" | "processes" | "areThreads" | "settings"> {
  readonly blocks: number;
  /** In how many of them the machine was noisy. */
  readonly noisyBlocks: number;
  /** Of all processes together. */
  readonly postsPerSecond: Estimate;
  /** Of all blocks' requests together; null for none, or too few for a p99. */
  readonly latencyMs: {
    readonly mean: number;
    readonly p50: number;
    readonly p99: number | null;
    readonly max: number;
  } | null;
  /** Of the services and the database. */
  readonly cpuMicrosPerRequest: Estimate;
  /** Median of the part of all cores that services, database and client used. */
  readonly busyShare: number;
  /** Sums over all blocks, all phases of a trial. */
  readonly attempted: number;
  readonly acknowledged: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly duplicated: number;
  readonly unexpected: number;
  readonly recovered: number;
  readonly unknown: number;
  readonly malformedLines: number;
  readonly reads: number;
  readonly wrong: number;
  readonly readErrors: Readonly<Record<string, number>>;
  readonly stale: number;
  readonly neverSeen: number;
  /** How long the one was stale that was so longest, of those that were seen in the end. */
  readonly staleForMs: TrialRecord["findings"]["staleForMs"];
  /** Of the acknowledged users, how many all other processes were asked for at once, and every process at the end. */
  readonly askedAtOnce: number;
  readonly askedAtEnd: number;
  /** Seeded users that are missing at the end, over all blocks. */
  readonly seededLost: number;
}

/** Summarizes every cell that has a trial, in the order of the plan's names as they first appear in `order`. */
export function summarizeCells(
  { trials, size }: Pick<WritersRecord, "trials" | "size">,
  order: readonly string[] = [],
): CellSummary[] {
  const byCell = Map.groupBy(trials, ({ cell }) => cell);
  const names = [...new Set([...order, ...[...byCell.keys()].sort()])];
  const busy = trials.filter(({ othersBusyShare }) => othersBusyShare > OTHERS_LIMIT);
  const noisy = new Set([...findNoisyTrials(trials), ...busy.map(({ trial }) => trial)]);
  return names.flatMap((name) => {
    const own = byCell.get(name);
    return own === undefined ? [] : [summarizeCell(own, size, noisy)];
  });
}

function summarizeCell(
  trials: readonly TrialRecord[],
  size: number,
  noisy: ReadonlySet<number>,
): CellSummary {
  const { cell, approach, setup, processes, areThreads, settings } = trials[0] as TrialRecord;
  const sum = (of: (trial: TrialRecord) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const stale = trials.flatMap(({ findings }) => findings.staleForMs ?? []);
  return {
    ...{ cell, approach, setup, processes, areThreads, settings },
    blocks: trials.length,
    noisyBlocks: trials.filter(({ trial }) => noisy.has(trial)).length,
    postsPerSecond: estimateMedian(trials.map(({ postsPerSecond }) => postsPerSecond)),
    latencyMs: poolLatencies(trials),
    cpuMicrosPerRequest: estimateMedian(trials.map(cpuMicros)),
    busyShare: median(trials.map(({ busyShare }) => busyShare)),
    attempted: sum(({ findings }) => findings.attempted),
    acknowledged: sum(({ findings }) => findings.acknowledged),
    errors: addKinds(trials.map(({ findings }) => findings.errors)),
    lost: sum(({ findings }) => findings.lost),
    duplicated: sum(({ findings }) => findings.duplicated),
    unexpected: sum(({ findings }) => findings.unexpected),
    recovered: sum(({ findings }) => findings.recovered),
    unknown: sum(({ findings }) => findings.unknown),
    malformedLines: sum(({ findings }) => findings.malformedLines),
    reads: sum(({ findings }) => findings.reads),
    wrong: sum(({ findings }) => findings.wrong),
    readErrors: addKinds(trials.map(({ findings }) => findings.readErrors)),
    stale: sum(({ findings }) => findings.stale),
    neverSeen: sum(({ findings }) => findings.neverSeen),
    staleForMs: stale.toSorted((a, b) => b.atLeast - a.atLeast)[0] ?? null,
    askedAtOnce: sum(({ askedAtOnce }) => askedAtOnce),
    askedAtEnd: sum(({ askedAtEnd }) => askedAtEnd),
    seededLost: sum(({ seededAtEnd }) => size - seededAtEnd),
  };
}

/** CPU time of services and database per request. */
export function cpuMicros({
  servicesCpuMicrosPerRequest,
  databaseCpuMicrosPerRequest = 0,
}: TrialRecord): number {
  return servicesCpuMicrosPerRequest + databaseCpuMicrosPerRequest;
}

function poolLatencies(trials: readonly TrialRecord[]): CellSummary["latencyMs"] {
  const histograms = trials
    .filter(({ posts }) => posts > 0)
    .map(({ latencyHistogram }) => decodeFromCompressedBase64(latencyHistogram));
  const answered = trials.reduce((total, { posts }) => total + posts, 0);
  if (answered === 0) return null;
  const percentile = poolHistograms(histograms);
  const p99 = answered < P99_MIN_REQUESTS ? null : percentile(99) / 1000;
  const total = trials.reduce((sum, { posts, latencyMs }) => sum + posts * (latencyMs?.mean ?? 0), 0);
  return { mean: total / answered, p50: percentile(50) / 1000, p99, max: percentile(100) / 1000 };
}

export function addKinds(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [kind, times] of all.flatMap((kinds) => Object.entries(kinds)))
    sums[kind] = (sums[kind] ?? 0) + times;
  return sums;
}

/** Which trials of a run. */
export interface CellQuery {
  readonly approach: string;
  readonly processes: number;
  /** As the cell's `setup`; any where absent. */
  readonly setup?: string;
  /** Whether threads of one process; processes where absent. */
  readonly areThreads?: boolean;
}

export function trialsOf({ trials }: Pick<WritersRecord, "trials">, query: CellQuery): TrialRecord[] {
  return trials.filter(
    ({ approach, processes, setup, areThreads }) =>
      approach === query.approach &&
      processes === query.processes &&
      areThreads === (query.areThreads ?? false) &&
      (query.setup === undefined || setup === query.setup),
  );
}

/** Returns a figure of a cell by block. */
export function byBlock(
  record: Pick<WritersRecord, "trials">,
  query: CellQuery,
  figure: (trial: TrialRecord) => number,
): ByBlock {
  return new Map(trialsOf(record, query).map((trial) => [trial.block, figure(trial)]));
}

/** The throughput of one cell over that of another, within blocks. */
export function compareCells(
  record: Pick<WritersRecord, "trials">,
  first: CellQuery,
  second: CellQuery,
  figure: (trial: TrialRecord) => number = ({ postsPerSecond }) => postsPerSecond,
): Estimate {
  return compareWithinBlocks(byBlock(record, first, figure), byBlock(record, second, figure)).ratio;
}
