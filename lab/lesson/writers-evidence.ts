// Figures for claims, out of the experiment with several writers. Pure.
import { estimateMedian } from "../measure/bootstrap.ts";
import { formatExact } from "../report/format.ts";
import { type CellQuery, compareCells, trialsOf } from "../writers/figures.ts";
import type { TrialRecord, WritersRecord } from "../writers/record.ts";
import type { Evidence } from "./evidence.ts";
import { type Finding, judgeByLatest, notMeasured, type Part } from "./finding.ts";
import { atLeast } from "./range.ts";

/** When services, database and client use more than this part of all cores, more processes cannot be quicker. */
const FULL_SHARE = 0.85;

/** Judges by the latest experiment with several writers that has what is asked, if there is one. */
export function askWriters({ writers }: Evidence, judge: (record: WritersRecord) => Finding): Finding {
  return judgeByLatest(writers, judge, "The experiment with several writers has to say.");
}

/** Says which of these cells were not measured; null when all were. */
export function findMissing(record: WritersRecord, cells: readonly CellQuery[]): Finding | null {
  const missing = cells.find((cell) => trialsOf(record, cell).length === 0);
  if (missing === undefined) return null;
  const { approach, processes } = missing;
  return notMeasured(`There is no trial of ${approach} written to by ${processes}.`);
}

/** The throughput of two processes over that of one. Where the cores were full, it may be more on others. */
export function compareProcesses(record: WritersRecord, approach: string, setup?: string): Part {
  const of = (processes: number): CellQuery => ({
    approach,
    processes,
    ...(setup !== undefined && { setup }),
  });
  const ratio = compareCells(record, of(2), of(1));
  const shares = trialsOf(record, of(2)).map(({ busyShare }) => busyShare);
  const isFull = shares.length > 0 && estimateMedian(shares).value > FULL_SHARE;
  return {
    name: `${approach}, two over one:`,
    figure: isFull ? atLeast(ratio) : ratio,
    limits: isFull ? ["all cores were busy"] : [],
  };
}

/** What was counted, and whether it should have been: without chance, one is enough. */
export interface Tally {
  /** What was counted: "lost". */
  readonly what: string;
  readonly count: number;
  /** What is right: none of it, or some of it. */
  readonly expected: "none" | "some";
}

/** A claim about counts holds when every count is as expected. @param of how much there was to count in: "of 4,000 acknowledged" */
export function decideByCounts(tallies: readonly Tally[], of: string, remark: string): Finding {
  const measured = `${tallies.map(({ count, what }) => `${formatExact(count)} ${what}`).join(", ")} ${of}`;
  const wrong = tallies.find(({ count, expected }) => (count === 0) !== (expected === "none"));
  if (wrong === undefined) return { measured, verdict: "holds", why: `${remark}.` };
  const { what, count, expected } = wrong;
  const why = expected === "none" ? `${formatExact(count)} were ${what}` : `None was ${what}`;
  return { measured, verdict: "does not hold", why: `${why}.` };
}

/** Sums over trials. */
export function sumOf(trials: readonly TrialRecord[], of: (trial: TrialRecord) => number): number {
  return trials.reduce((sum, trial) => sum + of(trial), 0);
}

/** "of 4,000 acknowledged". */
export function ofAcknowledged(trials: readonly TrialRecord[]): string {
  return `of ${formatExact(sumOf(trials, ({ findings }) => findings.acknowledged))} acknowledged`;
}
