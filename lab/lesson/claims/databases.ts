// Claims 8 to 11: SQLite and PostgreSQL. Pure.

import { estimateExponent } from "../../measure/growth.ts";
import { formatMs } from "../../report/format.ts";
import { sizesOf } from "../evidence.ts";
import { type ClaimRule, decide, notMeasured } from "../finding.ts";
import {
  ask,
  byRound,
  compareApproaches,
  compareSizes,
  findLack,
  findNarrow,
  overRounds,
} from "../lookup.ts";
import { about, above } from "../range.ts";
import { formatEstimate, formatFactor, formatShare, nameSize } from "../words.ts";
import { ABOUT, FLAT, LARGE, MEANS_FLAT, PROPORTIONAL, SMALL } from "./lines.ts";

const topic = "reading";
const SQLITE_TIMES_BINARY = 2;
const MAP_TIMES_SQLITE = 1.4;

export const databases: readonly ClaimRule[] = [
  {
    id: "8a",
    topic,
    claim: "SQLite: throughput is flat from 10k to 1M",
    rule: "the throughput at 1M is within 0.8 to 1.25 of that at 10k, block by block",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["sqlite"], sizes: [SMALL, LARGE] }) ??
      decide({
        parts: [compareSizes(evidence, "sqlite", LARGE, SMALL)],
        range: FLAT,
        meaning: MEANS_FLAT,
        format: formatFactor,
      }),
  },
  {
    id: "8b",
    topic,
    claim: "SQLite is about twice as fast as binary",
    rule: "the ratio of their throughputs, block by block, is within 1.6 to 2.5 at every size",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["sqlite", "binary"] }) ??
      decide({
        parts: sizesOf(evidence).map((size) => compareApproaches(evidence, "sqlite", "binary", size)),
        range: about(SQLITE_TIMES_BINARY, ABOUT),
        meaning: "counts as about twice",
        format: formatFactor,
      }),
  },
  {
    id: "9",
    topic,
    claim: "Map is only about 1.4 times SQLite",
    rule: "the ratio of their throughputs, block by block, is within 1.12 to 1.75 at every size",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["map", "sqlite"] }) ??
      decide({
        parts: sizesOf(evidence).map((size) => compareApproaches(evidence, "map", "sqlite", size)),
        range: about(MAP_TIMES_SQLITE, ABOUT),
        meaning: "counts as about 1.4 times",
        format: formatFactor,
      }),
  },
  {
    id: "10a",
    topic,
    claim: "SQLite: preparing the statement once is faster than preparing it per request",
    rule: "a lookup with a statement prepared for it takes longer, in a bare process: the ratio is above 1",
    judge: (evidence) =>
      ask(evidence, "prepared-statement", ({ size, rounds }) => {
        const time = (way: "once" | "each time") =>
          formatEstimate(
            overRounds(rounds, (round) => round[way]),
            formatMs,
          );
        return decide({
          parts: [
            {
              name: `${nameSize(size)}: per request over once`,
              figure: overRounds(rounds, (round) => round["each time"] / round.once),
            },
          ],
          range: above(1),
          meaning: "is what was claimed",
          format: formatFactor,
          beside: [`${time("each time")}, ${time("once")}`],
        });
      }),
  },
  {
    id: "10b",
    topic,
    claim: "SQLite: without the primary key a lookup is a linear scan",
    rule: "the exponent of a lookup's time against the size is within 0.9 to 1.1 in a table without a key",
    judge: (evidence) =>
      ask(evidence, "missing-key", ({ sizes, plans, ...times }) => {
        const figure = estimateExponent(
          new Map(sizes.map((size) => [size, byRound(times.without, String(size))])),
        );
        if (figure === null) return notMeasured("Growth needs two sizes.");
        const largest = Math.max(...sizes);
        const time = (key: "with" | "without") =>
          formatEstimate(
            overRounds(times[key], (round) => round[String(largest)] as number),
            formatMs,
          );
        return (
          findNarrow(sizes) ??
          decide({
            parts: [{ name: "exponent without key:", figure }],
            range: PROPORTIONAL,
            meaning: "counts as in proportion",
            format: formatFactor,
            beside: [
              `${nameSize(largest)}: ${time("without")} without (${plans.without}), ${time("with")} with (${plans.with})`,
            ],
          })
        );
      }),
  },
  {
    id: "11",
    topic,
    claim: "PostgreSQL: most of a read is the trip, not the lookup",
    rule: "SELECT 1, over one connection, takes more than half of what the lookup takes",
    judge: (evidence) =>
      ask(evidence, "round-trip", ({ size, rounds }) => {
        const time = (way: "trip" | "lookup") =>
          formatEstimate(
            overRounds(rounds, (round) => round[way]),
            formatMs,
          );
        return decide({
          parts: [
            {
              name: `${nameSize(size)}: SELECT 1 is`,
              figure: overRounds(rounds, ({ trip, lookup }) => trip / lookup),
            },
          ],
          range: above(0.5),
          meaning: "counts as most",
          format: formatShare,
          beside: [`${time("trip")} of ${time("lookup")}`],
        });
      }),
  },
];
