// Claims 16 to 22: writing, several processes, crashes. The experiment with several writers judges most of them. Pure.
import { type Estimate, estimateMedian } from "../../measure/bootstrap.ts";
import { compareWithinBlocks } from "../../measure/difference.ts";
import { formatCount, formatExact, formatMs } from "../../report/format.ts";
import { type CellQuery, compareCells, trialsOf } from "../../writers/figures.ts";
import type { ReadersRecord, TrialRecord, WritersRecord } from "../../writers/record.ts";
import { type ClaimRule, decide, type Finding, notMeasured } from "../finding.ts";
import { about, above, below } from "../range.ts";
import { formatFactor, formatShare } from "../words.ts";
import { askWriters, compareProcesses, decideByCounts, findMissing, sumOf } from "../writers-evidence.ts";
import { ABOUT } from "./lines.ts";

const topic = "writing, several processes";
/** The lesson's text says that a second writer waits; its code lets it fail at once. */
const WAITS = "5 s timeout";
const FAILS = "no timeout";
const sqlite = (processes: number, setup = WAITS): CellQuery => ({ approach: "sqlite", processes, setup });
const postgres = (processes: number): CellQuery => ({ approach: "postgres", processes });
/** Two over one: more than this counts as scaling. */
const SCALES = 1.25;
const THOUSANDS = 1_000;
/** "Now and then" is not never, and not every tenth time. */
const NOW_AND_THEN = { low: Number.MIN_VALUE, high: 0.1 };
const CRASHES = "The experiment with crashes has to say.";

export const writing: readonly ClaimRule[] = [
  {
    id: "16a",
    topic,
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
    topic,
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
    topic,
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
    topic,
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
    topic,
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
  {
    id: "17a",
    topic,
    claim: "WAL lets readers go on beside a writer",
    rule: "readers who pause for 2 ms after each answer read more than half as much beside a process that writes without pause as alone, block by block",
    judge: (evidence) =>
      askWriters(evidence, (record) => judgeReaders(record, "wal", above(0.5), "counts as going on")),
  },
  {
    id: "17b",
    topic,
    claim: "The rollback journal does not: a writer keeps readers out",
    rule: "with a rollback journal the same readers read less than half as much beside the writer as alone, block by block",
    judge: (evidence) =>
      askWriters(evidence, (record) => judgeReaders(record, "delete", below(0.5), "counts as keeping out")),
  },
  {
    id: "17c",
    topic,
    claim: "Several processes read one SQLite file side by side",
    rule: "four processes together answer at least 0.8 times as many reads as one with as many connections, block by block",
    judge: (evidence) => askWriters(evidence, judgeManyReaders),
  },
  {
    id: "18a",
    topic,
    claim: "Two map processes diverge silently",
    rule: "no POST is refused, and there are users that the other process never has",
    judge: (evidence) => askWriters(evidence, (record) => judgeDivergence(record, false)),
  },
  {
    id: "18b",
    topic,
    claim: "The file of two map processes keeps every record, no two lines mixed",
    rule: "every acknowledged user of two processes is in the file once, and every line of it is a user",
    judge: (evidence) =>
      askWriters(evidence, (record) => {
        const trials = mapTrials(record, false);
        if (trials.length === 0) return notMeasured("There is no trial of map written to by 2.");
        return decideByCounts(
          [
            { what: "lost", count: sumOf(trials, ({ findings }) => findings.lost), expected: "none" },
            {
              what: "stored twice",
              count: sumOf(trials, ({ findings }) => findings.duplicated),
              expected: "none",
            },
            {
              what: "mixed",
              count: sumOf(trials, ({ findings }) => findings.malformedLines),
              expected: "none",
            },
          ],
          ofAcknowledged(trials),
          "Every record is there once, in a line of its own",
        );
      }),
  },
  {
    id: "19a",
    topic,
    claim: "PostgreSQL's writers scale where SQLite's do not",
    rule: "the ratio of the throughputs of two processes and one, block by block, is above 1.25; SQLite's stands beside it",
    judge: (evidence) =>
      askWriters(
        evidence,
        (record) =>
          findMissing(record, [postgres(1), postgres(2), sqlite(1), sqlite(2)]) ??
          decide({
            parts: [compareProcesses(record, "postgres")],
            range: above(SCALES),
            meaning: "counts as scaling",
            format: formatFactor,
            beside: [`SQLite ${formatFactor(compareCells(record, sqlite(2), sqlite(1)).value)}`],
          }),
      ),
  },
  {
    id: "19b",
    topic,
    claim: "PostgreSQL: only writers to the same row wait",
    rule: "eight connections that update a row each do more than 1.25 times as many updates as on one row, block by block",
    judge: (evidence) =>
      askWriters(evidence, ({ rows }) => {
        if (rows.length === 0) return notMeasured("No rows were updated.");
        const of = (figure: (one: (typeof rows)[number]) => number) =>
          new Map(rows.map((one) => [one.block, figure(one)]));
        const { ratio } = compareWithinBlocks(
          of((one) => one.differentPerSecond),
          of((one) => one.samePerSecond),
        );
        return decide({
          parts: [{ name: "a row each over the same row:", figure: ratio }],
          range: above(SCALES),
          meaning: "counts as waiting for the same row only",
          format: formatFactor,
        });
      }),
  },
  {
    id: "20",
    topic,
    claim: "Worker threads do not help",
    rule: "the map in two threads of one process: no POST is refused, and there are users that the other thread never has",
    judge: (evidence) => askWriters(evidence, (record) => judgeDivergence(record, true)),
  },
  {
    id: "21",
    topic,
    claim: "A process killed in mid-write leaves an intact file or one truncated line, which is skipped",
    rule: "not measured by the lesson: the experiment with crashes judges it",
    judge: () => notMeasured(CRASHES),
  },
  {
    id: "22a",
    topic,
    claim: "Small appends of two processes do not mix",
    rule: "two processes append to one file as quickly as they can, and every line is there and a user",
    judge: (evidence) => askWriters(evidence, judgeMixing),
  },
  {
    id: "22b",
    topic,
    claim: "That is POSIX's guarantee below PIPE_BUF",
    rule: "lines above PIPE_BUF (4,096 bytes on Linux) mix; if they do not, something else keeps lines apart",
    judge: (evidence) => askWriters(evidence, judgeGuarantee),
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

function ofAcknowledged(trials: readonly TrialRecord[]): string {
  return `of ${formatExact(sumOf(trials, ({ findings }) => findings.acknowledged))} acknowledged`;
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

function mapTrials({ trials }: WritersRecord, areThreads: boolean): TrialRecord[] {
  return trials.filter(
    (trial) => trial.approach === "map" && trial.processes === 2 && trial.areThreads === areThreads,
  );
}

function judgeDivergence(record: WritersRecord, areThreads: boolean): Finding {
  const trials = mapTrials(record, areThreads);
  if (trials.length === 0) return notMeasured("There is no trial of it.");
  return decideByCounts(
    [
      {
        what: "missing at the other to the end",
        count: sumOf(trials, ({ findings }) => findings.neverSeen),
        expected: "some",
      },
      {
        what: "refused",
        count: sumOf(trials, ({ findings }) => findings.attempted - findings.acknowledged),
        expected: "none",
      },
    ],
    ofAcknowledged(trials),
    "Each answers 201 and has only what it was asked to store itself",
  );
}

function judgeReaders(
  { readers }: WritersRecord,
  journal: ReadersRecord["journal"],
  range: Parameters<typeof decide>[0]["range"],
  meaning: string,
): Finding {
  const own = readers.filter((one) => one.journal === journal);
  if (own.length === 0) return notMeasured("No reader was measured beside a writer.");
  const of = (which: "alone" | "besideWriter") =>
    new Map(own.map((one) => [one.block, one[which].readsPerSecond]));
  const p99 = (which: "alone" | "besideWriter") =>
    formatMs(estimateMedian(own.map((one) => one[which].latencyMs?.p99 ?? Number.NaN)).value);
  return decide({
    parts: [
      {
        name: "reads beside over alone:",
        figure: compareWithinBlocks(of("besideWriter"), of("alone")).ratio,
      },
    ],
    range,
    meaning,
    format: formatFactor,
    beside: [`p99 ${p99("alone")} alone, ${p99("besideWriter")} beside`],
  });
}

function judgeManyReaders({ manyReaders }: WritersRecord): Finding {
  if (manyReaders.length === 0) return notMeasured("No several processes were asked to read.");
  const of = (which: "one" | "four") =>
    new Map(manyReaders.map((one) => [one.block, one[which].readsPerSecond]));
  return decide({
    parts: [{ name: "four over one:", figure: compareWithinBlocks(of("four"), of("one")).ratio }],
    range: above(1 / ABOUT),
    meaning: "counts as side by side",
    format: formatFactor,
    beside: [
      `${formatShare(estimateMedian(manyReaders.map((one) => one.fourBusyShare)).value)} of all cores busy`,
    ],
  });
}

function judgeMixing({ lines }: WritersRecord): Finding {
  const small = lines.filter(({ bytesPerLine }) => bytesPerLine < PIPE_BUF_BYTES);
  if (small.length === 0) return notMeasured("No lines were appended.");
  const sum = (of: (one: (typeof lines)[number]) => number) =>
    small.reduce((total, one) => total + of(one), 0);
  return decideByCounts(
    [
      { what: "mixed", count: sum((one) => one.mixedLines), expected: "none" },
      { what: "missing", count: sum((one) => one.missingLines), expected: "none" },
    ],
    `of ${formatExact(sum((one) => one.appended))} lines`,
    "Each line is whole, for it was one write to a file opened for appending",
  );
}

/** On Linux. */
const PIPE_BUF_BYTES = 4_096;

function judgeGuarantee({ lines }: WritersRecord): Finding {
  const long = lines.filter(({ bytesPerLine }) => bytesPerLine > PIPE_BUF_BYTES);
  const [longer] = long;
  if (longer === undefined || longer.appended === 0) return notMeasured("No long lines were appended.");
  const measured =
    `${formatExact(longer.mixedLines)} of ${formatExact(longer.appended)} lines of ` +
    `${formatCount(longer.bytesPerLine)} bytes mixed; a reader met ` +
    `${formatExact(longer.halfLines)} half lines in ${formatExact(longer.looks)} looks`;
  if (longer.mixedLines > 0)
    return { measured, verdict: "cannot tell here", why: "Lines above PIPE_BUF did mix here." };
  const why = "Lines above PIPE_BUF do not mix either, so it is O_APPEND and one write that keep them apart.";
  return { measured, verdict: "does not hold", why };
}
