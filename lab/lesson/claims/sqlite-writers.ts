// Claim 16: several processes that write to one SQLite file. Pure.
import { type Estimate, estimateMedian } from "../../measure/bootstrap.ts";
import { formatCount, formatMs } from "../../report/format.ts";
import { type CellQuery, compareCells, trialsOf } from "../../writers/figures.ts";
import type { TrialRecord, WritersRecord } from "../../writers/record.ts";
import { type ClaimRule, decide, type Finding, notMeasured } from "../finding.ts";
import { about, above } from "../range.ts";
import { formatFactor, formatShare } from "../words.ts";
import {
  askWriters,
  compareProcesses,
  decideByCounts,
  findMissing,
  ofAcknowledged,
  sumOf,
} from "../writers-evidence.ts";
import { ABOUT } from "./lines.ts";

/** The lesson's text says that a second writer waits; its code lets it fail at once. */
const WAITS = "5 s timeout";
const FAILS = "no timeout";
const sqlite = (processes: number, setup = WAITS): CellQuery => ({ approach: "sqlite", processes, setup });
const THOUSANDS = 1_000;
/** "Now and then" is not never, and not every tenth time. */
const NOW_AND_THEN = { low: Number.MIN_VALUE, high: 0.1 };

export const sqliteWriters: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "16a",
    claim: "Two SQLite writers together are about as fast as one with twice the connections",
    rule: "the ratio of the throughputs of two processes and one, block by block, is within 0.8 to 1.25, with a busy timeout of 5 s",
    judge: (evidence) =>
      askWriters(
        evidence,
        (record) =>
          findMissing(record, [sqlite(1), sqlite(2)]) ??
          decide({
            parts: [compareProcesses(record, "sqlite", WAITS)],
            range: about(1, ABOUT),
            meaning: "counts as about as fast",
            format: formatFactor,
            beside: sayIfMeasured(
              compareCells(record, sqlite(2, FAILS), sqlite(1)).value,
              (ratio) => `without a timeout ${formatFactor(ratio)}`,
            ),
          }),
      ),
  },
  {
    id: "16b",
    claim: "Two SQLite writers have a higher latency than one",
    rule: "the p99 of two processes over that of one, block by block, is above 1, with a busy timeout of 5 s",
    judge: (evidence) =>
      askWriters(
        evidence,
        (record) =>
          findMissing(record, [sqlite(1), sqlite(2)]) ??
          decide({
            parts: [
              { name: "p99, two over one:", figure: compareCells(record, sqlite(2), sqlite(1), p99Ms) },
            ],
            range: above(1),
            meaning: "counts as higher",
            format: formatFactor,
            beside: [1, 2].map((count) => `${count}: ${formatMs(medianOf(record, sqlite(count), p99Ms))}`),
          }),
      ),
  },
  {
    id: "16c",
    claim: "Two SQLite writers now and then get SQLITE_BUSY",
    rule: "of the POSTs to two processes without a busy timeout more than none and at most a tenth get SQLITE_BUSY",
    judge: (evidence) =>
      askWriters(
        evidence,
        (record) =>
          findMissing(record, [sqlite(2, FAILS)]) ??
          decide({
            parts: [{ name: "without a timeout", figure: estimateOf(record, sqlite(2, FAILS), busyShare) }],
            range: NOW_AND_THEN,
            meaning: "counts as now and then",
            format: formatShare,
            beside: sayIfMeasured(
              medianOf(record, sqlite(2), busyShare),
              (share) => `with one of 5 s ${formatShare(share)}`,
            ),
          }),
      ),
  },
  {
    id: "16d",
    claim: "Two SQLite writers lose nothing that was acknowledged",
    rule: "of the users that two processes or more have acknowledged none is lost, missing from a later read or there twice",
    judge: (evidence) =>
      askWriters(evidence, (record) =>
        judgeSound(
          record.trials.filter(({ approach, processes }) => approach === "sqlite" && processes > 1),
          "Every acknowledged user is in the table once, and every process has it",
        ),
      ),
  },
  {
    id: "16e",
    claim: "One SQLite writer does thousands of writes a second",
    rule: "one process stores more than 1,000 users a second, a transaction each, synced (WAL, synchronous FULL)",
    judge: (evidence) =>
      askWriters(
        evidence,
        (record) =>
          findMissing(record, [sqlite(1)]) ??
          decide({
            parts: [
              { name: "writes/s:", figure: estimateOf(record, sqlite(1), (trial) => trial.postsPerSecond) },
            ],
            range: above(THOUSANDS),
            meaning: "counts as thousands",
            format: formatCount,
            beside: [`a synced write to this disk takes ${formatMs(record.fdatasync.p50Ms)}`],
          }),
      ),
  },
];

function p99Ms({ latencyMs }: TrialRecord): number {
  return latencyMs?.p99 ?? Number.NaN;
}

function busyShare({ errors, attempts }: TrialRecord): number {
  return (errors.SQLITE_BUSY ?? 0) / attempts;
}

function estimateOf(
  record: WritersRecord,
  cell: CellQuery,
  figure: (trial: TrialRecord) => number,
): Estimate {
  return estimateMedian(trialsOf(record, cell).map(figure));
}

/** What stands beside a figure, where it was measured. */
function sayIfMeasured(value: number, say: (value: number) => string): string[] {
  return Number.isNaN(value) ? [] : [say(value)];
}

/** NaN where there is no trial. */
function medianOf(record: WritersRecord, cell: CellQuery, figure: (trial: TrialRecord) => number): number {
  const trials = trialsOf(record, cell);
  return trials.length === 0 ? Number.NaN : estimateMedian(trials.map(figure)).value;
}

function judgeSound(trials: readonly TrialRecord[], remark: string): Finding {
  if (trials.length === 0) return notMeasured("There is no trial of it.");
  return decideByCounts(
    [
      { what: "lost", count: sumOf(trials, ({ findings }) => findings.lost), expected: "none" },
      { what: "stale", count: sumOf(trials, ({ findings }) => findings.stale), expected: "none" },
      { what: "stored twice", count: sumOf(trials, ({ findings }) => findings.duplicated), expected: "none" },
    ],
    ofAcknowledged(trials),
    remark,
  );
}
