// Claim 19: PostgreSQL's writers. Pure.
import { compareWithinBlocks } from "../../measure/difference.ts";
import { type CellQuery, compareCells } from "../../writers/figures.ts";
import { type ClaimRule, decide, notMeasured } from "../finding.ts";
import { above } from "../range.ts";
import { formatFactor } from "../words.ts";
import { askWriters, compareProcesses, findMissing } from "../writers-evidence.ts";

const topic = "writing, several processes";
/** Two over one: more than this counts as scaling. */
const SCALES = 1.25;
const postgres = (processes: number): CellQuery => ({ approach: "postgres", processes });
/** As the lesson's text has it: a second writer waits. */
const sqlite = (processes: number): CellQuery => ({ approach: "sqlite", processes, setup: "5 s timeout" });

export const rowLocks: readonly ClaimRule[] = [
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
];
