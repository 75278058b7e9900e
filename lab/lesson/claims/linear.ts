// Claims 1 and 2: a scan of the file. Pure.

import { estimateExponent } from "../../measure/growth.ts";
import { formatMs } from "../../report/format.ts";
import { blocksOf, cpuMicros, type Evidence, type Figure, p50Ms, sizesOf } from "../evidence.ts";
import { type ClaimRule, decide, notMeasured } from "../finding.ts";
import { ask, byRound, findNarrow, overRounds } from "../lookup.ts";
import { below } from "../range.ts";
import { nameWay } from "../turns.ts";
import { formatEstimate, formatFactor, formatShare, nameSize } from "../words.ts";
import { PROPORTIONAL } from "./lines.ts";

const topic = "reading";
/** "Only a little": less than half as long again. */
const LITTLE = 1.5;

export const linear: readonly ClaimRule[] = [
  {
    id: "1",
    topic,
    claim: "Linear: latency grows in proportion to the data (exponent 1)",
    rule: "the exponent of the latency of the last record, asked alone, against the size is within 0.9 to 1.1",
    judge: (evidence) =>
      ask(evidence, "lone-request", ({ sizes, rounds }) => {
        const alone = new Map(sizes.map((size) => [size, byRound(rounds, nameWay("linear", size))]));
        const figure = estimateExponent(alone);
        if (figure === null) return notMeasured("Growth needs two sizes.");
        return (
          findNarrow(sizes) ??
          decide({
            parts: [{ name: "exponent, asked alone:", figure }],
            range: PROPORTIONAL,
            meaning: "counts as in proportion",
            format: formatFactor,
            beside: describeLoaded(evidence),
          })
        );
      }),
  },
  {
    id: "2a",
    topic,
    claim: "Linear: parsing is the cost, not the disk",
    rule:
      "of a scan of the largest file, in memory, the bare reading of the bytes takes less than half; parsing is cutting " +
      "into lines and JSON.parse",
    judge: (evidence) =>
      ask(evidence, "scan-parts", ({ size, rounds }) => {
        const share = (part: (round: (typeof rounds)[number]) => number) =>
          overRounds(rounds, (round) => part(round) / round.parse);
        const lines = share(({ lines, read }) => lines - read);
        const parse = share(({ parse, lines }) => parse - lines);
        return decide({
          parts: [{ name: `${nameSize(size)}: reading`, figure: share(({ read }) => read) }],
          range: below(0.5),
          meaning: "counts as not the cost",
          format: formatShare,
          beside: [
            `cutting into lines ${formatEstimate(lines, formatShare)}`,
            `JSON.parse ${formatEstimate(parse, formatShare)}`,
          ],
          remarks: {
            holds: `most of the rest is ${lines.value > parse.value ? "cutting into lines" : "JSON.parse"}`,
          },
        });
      }),
  },
  {
    id: "2b",
    topic,
    claim: "Linear: warm is only a little faster than cold",
    rule: "a scan of the largest file that is not in memory takes less than 1.5 times as long as of one that is",
    judge: (evidence) =>
      ask(evidence, "scan-parts", ({ size, cold }) => {
        if (cold === null)
          return {
            measured: "",
            verdict: "cannot tell here",
            why: "The file cannot be taken out of memory here, or nobody can see whether it is (that takes fincore and dd).",
          };
        const time = (way: "warm" | "cold") =>
          formatEstimate(
            overRounds(cold, (round) => round[way]),
            formatMs,
          );
        return decide({
          parts: [
            {
              name: `${nameSize(size)}: cold over warm`,
              figure: overRounds(cold, (round) => round.cold / round.warm),
            },
          ],
          range: below(LITTLE),
          meaning: "counts as only a little",
          format: formatFactor,
          beside: [`cold ${time("cold")}, warm ${time("warm")}`],
        });
      }),
  },
];

/** The exponents under the lessons' load. */
function describeLoaded(evidence: Evidence): string[] {
  const exponentOf = (figure: Figure) =>
    estimateExponent(
      new Map(sizesOf(evidence).map((size) => [size, blocksOf(evidence, "linear", size, figure)])),
    );
  const [latency, cpu] = [exponentOf(p50Ms), exponentOf(cpuMicros)];
  if (latency === null || cpu === null) return [];
  return [
    `under load: latency ${formatEstimate(latency, formatFactor)}, CPU ${formatEstimate(cpu, formatFactor)}`,
  ];
}
