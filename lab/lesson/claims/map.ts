// Claims 3 to 5: a scan of a million, and a map in memory. Pure.
import { publishedFigures } from "../../measure/lessons.ts";
import { BUSY_SHARE } from "../../measure/verdict.ts";
import { formatMs } from "../../report/format.ts";
import { type Evidence, findIdleReasons, p50Ms, WORKLOAD } from "../evidence.ts";
import { type ClaimRule, decide, type Finding, type Question } from "../finding.ts";
import {
  ask,
  compareApproaches,
  compareSizes,
  eachSize,
  findLack,
  otherSizes,
  overRounds,
  timePart,
} from "../lookup.ts";
import { about, above, atLeast, atMost, below } from "../range.ts";
import { nameWay } from "../turns.ts";
import { formatFactor, formatShare } from "../words.ts";
import { FLAT, LARGE, MEANS_FLAT, SMALL } from "./lines.ts";

const topic = "reading";
const ABOUT_A_SECOND = about(1_000, 2);
const TIMES_LINEAR = 14_000;

export const map: readonly ClaimRule[] = [
  {
    id: "3a",
    topic,
    claim: "Linear: the last of a million, asked alone, takes about a second",
    rule: "the latency of the last of a million over one connection is within 0.5 to 2 s",
    judge: (evidence) =>
      judgeLast(evidence, "linear", { range: ABOUT_A_SECOND, meaning: "counts as about a second" }),
  },
  {
    id: "3b",
    topic,
    claim: "Map: the same takes less than a millisecond",
    rule: "the latency of the last of a million over one connection is below 1 ms",
    judge: (evidence) => judgeLast(evidence, "map", { range: below(1), meaning: "is what was claimed" }),
  },
  {
    id: "4a",
    topic,
    claim: "Map: throughput is flat from 10k to 1M",
    rule: "the throughput at 1M is within 0.8 to 1.25 of that at 10k, block by block",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["map"], sizes: [SMALL, LARGE] }) ??
      decide({
        parts: [compareSizes(evidence, "map", LARGE, SMALL)],
        range: FLAT,
        meaning: MEANS_FLAT,
        format: formatFactor,
      }),
  },
  {
    id: "4b",
    topic,
    claim: "Map: latency is below a millisecond",
    rule: "the median latency under the lessons' load is below 1 ms at every size",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["map"] }) ??
      decide({
        parts: eachSize(evidence, "map", p50Ms, atMost),
        range: below(1),
        meaning: "is what was claimed",
        format: formatMs,
      }),
  },
  {
    id: "4c",
    topic,
    claim: "Map: one process keeps one core busy",
    rule: "the service's CPU time is more than 75 % of the window at every size",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["map"] }) ??
      decide({
        parts: eachSize(evidence, "map", ({ serverCpuShare }) => serverCpuShare, atLeast, findIdleReasons),
        range: above(BUSY_SHARE),
        meaning: "counts as busy",
        format: formatShare,
      }),
  },
  {
    id: "5",
    topic,
    claim: "Map at 1M is about fourteen thousand times linear at 1M",
    rule: "the ratio of their throughputs at 1M, block by block, is within 7,000 to 28,000",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["map", "linear"], sizes: [LARGE] }) ??
      decide({
        parts: [compareApproaches(evidence, "map", "linear", LARGE)],
        range: about(TIMES_LINEAR, 2),
        meaning: "counts as about fourteen thousand",
        format: formatFactor,
        beside: [`the published figures give ${formatFactor(publishedRatio("map", "linear"))}`],
      }),
  },
];

/** Judges how long the last of a million takes, asked alone. */
function judgeLast(
  evidence: Evidence,
  approach: string,
  expected: Pick<Question, "range" | "meaning">,
): Finding {
  return ask(evidence, "lone-request", ({ sizes, rounds }) => {
    if (!sizes.includes(LARGE)) return otherSizes([LARGE], sizes);
    const figure = overRounds(rounds, (round) => round[nameWay(approach, LARGE)] as number);
    return decide({ parts: [timePart(evidence, "lone-request", "", figure)], ...expected, format: formatMs });
  });
}

function publishedRatio(first: string, second: string): number {
  const published = publishedFigures(WORKLOAD, LARGE);
  const of = (approach: string) => published[approach]?.requestsPerSecond ?? Number.NaN;
  return of(first) / of(second);
}
