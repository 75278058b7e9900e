// Claims 12 to 15: starting, loading, importing. Where ours is better than the lesson's way, the lesson's is judged. Pure.
import { constants } from "node:buffer";
import type { Estimate } from "../../measure/bootstrap.ts";
import { formatCount, formatMegabytes, formatMs } from "../../report/format.ts";
import type { Evidence } from "../evidence.ts";
import type { Loaded } from "../experiments/loading.ts";
import { type ClaimRule, decide, type Finding, notMeasured, type Part, type Question } from "../finding.ts";
import { ask, otherSizes, overRounds, timePart } from "../lookup.ts";
import { about, type Range } from "../range.ts";
import { nameWay } from "../turns.ts";
import { formatEstimate, formatFactor, nameSize } from "../words.ts";
import { LARGE } from "./lines.ts";
import { judgeMemory, MEMORY_RULE } from "./memory.ts";

const topic = "starting, loading, space";
const TEN_MILLION = 10 * LARGE;
const A_FEW_HUNDRED: Range = { low: 100, high: 1_000 };
const MEGABYTE = 1e6;
const SECONDS: Range = { low: 1_000, high: 60_000 };
const MINUTES: Range = { low: 60_000, high: 3_600_000 };
const THEIRS = "the lesson's way:";
const THOUSANDFOLD = about(1_000, 2);

export const loading: readonly ClaimRule[] = [
  {
    id: "12a",
    topic,
    claim: "Loading a million users takes a few hundred milliseconds",
    rule: "the lesson's loader takes within 100 ms to 1 s for a million",
    judge: (evidence) =>
      judgeLoading(evidence, ({ milliseconds }) => milliseconds, {
        part: (figure) => timePart(evidence, "loading", THEIRS, figure),
        range: A_FEW_HUNDRED,
        meaning: "counts as a few hundred milliseconds",
        format: formatMs,
      }),
  },
  {
    id: "12b",
    topic,
    claim: "Loading a million users takes a few hundred MB",
    rule: "the lesson's loader adds within 100 MB to 1 GB of resident memory for a million",
    judge: (evidence) =>
      judgeLoading(evidence, ({ bytes }) => bytes, {
        part: (figure) => ({ name: THEIRS, figure }),
        range: { low: A_FEW_HUNDRED.low * MEGABYTE, high: A_FEW_HUNDRED.high * MEGABYTE },
        meaning: "counts as a few hundred MB",
        format: formatMegabytes,
      }),
  },
  {
    id: "12c",
    topic,
    claim: "Loading ten million takes several seconds and several GB",
    rule:
      "derived: it does not hold when the lesson's loader, which puts the file into one string, ends before ten million " +
      "at V8's longest string; else ten million are not loaded here",
    judge: (evidence) =>
      ask(evidence, "loading", ({ sizes, characters }) => {
        const perUser = characters / Math.max(...sizes);
        const most = constants.MAX_STRING_LENGTH / perUser;
        if (most >= TEN_MILLION) return notMeasured("Ten million users are not loaded here.");
        return {
          measured: `derived: ${perUser.toFixed(1)} characters per user, so ${formatCount(most / LARGE)} million fit into one string`,
          verdict: "does not hold",
          why: `The lesson's loader puts the file into one string, and V8's longest has ${formatCount(constants.MAX_STRING_LENGTH)} characters.`,
        };
      }),
  },
  {
    id: "13",
    topic,
    claim: "On data larger than memory the map dies, binary and SQLite serve",
    rule: MEMORY_RULE,
    judge: judgeMemory,
  },
  {
    id: "14",
    topic,
    claim: "Importing a million rows in one transaction takes seconds",
    rule: "the lesson's import of a million takes within 1 s to a minute",
    judge: (evidence) =>
      ask(evidence, "importing", ({ size, rounds }) => {
        if (size !== LARGE) return otherSizes([LARGE], [size]);
        const total = (way: "lesson" | "ours") => overRounds(rounds, (round) => round[way] * size);
        return decide({
          parts: [timePart(evidence, "importing", THEIRS, total("lesson"))],
          range: SECONDS,
          meaning: "counts as seconds",
          format: formatMs,
          beside: [`ours: ${formatEstimate(total("ours"), formatMs)}`],
        });
      }),
  },
  {
    id: "15a",
    topic,
    claim: "Row by row, with an fsync each, a million takes minutes",
    rule: "a sample, extrapolated to a million rows, gives within 1 to 60 minutes",
    judge: (evidence) =>
      ask(evidence, "importing", ({ sampleRows, rounds }) =>
        decide({
          parts: [
            timePart(
              evidence,
              "importing",
              `extrapolated from samples of up to ${sampleRows} rows:`,
              overRounds(rounds, (round) => round["row by row"] * LARGE),
            ),
          ],
          range: MINUTES,
          meaning: "counts as minutes",
          format: formatMinutes,
          beside: [
            `${formatEstimate(
              overRounds(rounds, (round) => round["row by row"]),
              formatMs,
            )} a row`,
          ],
        }),
      ),
  },
  {
    id: "15b",
    topic,
    claim: "That is about a thousand times as long as in one transaction",
    rule: "the ratio of the times per row, sampled, is within 500 to 2,000",
    judge: (evidence) =>
      ask(evidence, "importing", ({ size, rounds }) => {
        const perRow = (way: "lesson" | "row by row") =>
          formatEstimate(
            overRounds(rounds, (round) => round[way]),
            formatMs,
          );
        const remark = `a row with its sync takes ${perRow("row by row")}`;
        return decide({
          parts: [
            {
              name: `per row, of ${nameSize(size)}:`,
              figure: overRounds(rounds, (round) => round["row by row"] / round.lesson),
            },
          ],
          range: THOUSANDFOLD,
          meaning: "counts as about a thousandfold",
          format: formatFactor,
          beside: [`${perRow("row by row")} (sampled) over ${perRow("lesson")}`],
          remarks: { "does not hold": remark },
        });
      }),
  },
];

function judgeLoading(
  evidence: Evidence,
  figure: (loaded: Loaded) => number,
  {
    part,
    ...words
  }: Pick<Question, "range" | "meaning" | "format"> & {
    readonly part: (figure: Estimate) => Part;
  },
): Finding {
  return ask(evidence, "loading", ({ sizes, rounds }) => {
    if (!sizes.includes(LARGE)) return otherSizes([LARGE], sizes);
    const of = (way: "lesson" | "ours"): Estimate =>
      overRounds(rounds, (round) => figure(round[nameWay(way, LARGE)] as Loaded));
    return decide({
      parts: [part(of("lesson"))],
      ...words,
      beside: [`ours: ${formatEstimate(of("ours"), words.format)}`],
    });
  });
}

function formatMinutes(ms: number): string {
  return `${formatCount(ms / 60_000)} min`;
}
