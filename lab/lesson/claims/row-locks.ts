// Claim 19: PostgreSQL's writers. Pure.
import { compareWithinBlocks } from "../../measure/difference.ts";
import type { CellQuery } from "../../writers/figures.ts";
import { type ClaimRule, decide, joinFindings, notMeasured } from "../finding.ts";
import { above, below } from "../range.ts";
import { formatFactor } from "../words.ts";
import { askWriters, compareProcesses, findMissing } from "../writers-evidence.ts";

/** Two over one: more than this counts as scaling. */
const SCALES = 1.25;
const postgres = (processes: number): CellQuery => ({ approach: "postgres", processes });
/** As the lesson's text has it: a second writer waits. */
const WAITS = "5 s timeout";
const sqlite = (processes: number): CellQuery => ({ approach: "sqlite", processes, setup: WAITS });

export const rowLocks: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "19a",
    claim: "PostgreSQL's writers scale where SQLite's do not",
    rule: "the ratio of the throughputs of two processes and one, block by block, is above 1.25 with PostgreSQL and below 1.25 with SQLite",
    judge: (evidence) =>
      askWriters(
        evidence,
        (record) =>
          findMissing(record, [postgres(1), postgres(2), sqlite(1), sqlite(2)]) ??
          joinFindings([
            decide({
              parts: [compareProcesses(record, "postgres")],
              range: above(SCALES),
              meaning: "counts as scaling",
              format: formatFactor,
            }),
            decide({
              parts: [compareProcesses(record, "sqlite", WAITS)],
              range: below(SCALES),
              meaning: "counts as not scaling",
              format: formatFactor,
            }),
          ]),
      ),
  },
  {
    id: "19b",
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
];
