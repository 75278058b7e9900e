// From figures to a verdict and its words. Pure.

import type { Estimate } from "../measure/bootstrap.ts";
import { MIN_BLOCKS } from "../measure/bootstrap.ts";
import type { Claim, ClaimVerdict } from "./claim.ts";
import type { Evidence } from "./evidence.ts";
import { judgeRange, type Range } from "./range.ts";
import { formatEstimate } from "./words.ts";

/** What was found of a claim. */
export type Finding = Pick<Claim, "measured" | "verdict" | "why">;

/** A claim, and how it is judged. */
export interface ClaimRule extends Pick<Claim, "id" | "topic" | "claim"> {
  /** When it holds, for docs/CLAIMS.md. */
  readonly rule: string;
  readonly judge: (evidence: Evidence) => Finding;
}

/**
 * Judges by the latest run that has what a claim needs, and names it where another came later. What is compared is of one run.
 * @param records the latest first
 * @param nothing what has to say, where there is none
 */
export function judgeByLatest<Kept extends { readonly run: string }>(
  records: readonly Kept[],
  judge: (record: Kept) => Finding,
  nothing: string,
): Finding {
  const [latest, ...earlier] = records;
  if (latest === undefined) return notMeasured(nothing);
  const found = judge(latest);
  if (found.verdict !== "not measured") return found;
  for (const record of earlier) {
    const finding = judge(record);
    if (finding.verdict !== "not measured")
      return { ...finding, why: finding.why.replace(/\.$/, `, by ${record.run}.`) };
  }
  return found;
}

/** One figure that a claim is about. */
export interface Part {
  /** What it is, before the figure; may be empty. */
  readonly name: string;
  readonly figure: Estimate;
  /** What else was the limit, in words: then the figure is a bound. */
  readonly limits?: readonly string[];
}

export interface Question {
  /** A claim holds when it holds for each of them, and does not when it does not for one. */
  readonly parts: readonly Part[];
  readonly range: Range;
  /** What the range stands for: "counts as flat". */
  readonly meaning: string;
  readonly format: (value: number) => string;
  /** What was measured as well, in words. */
  readonly beside?: readonly string[];
  /** What else there is to say, by verdict. */
  readonly remarks?: Partial<Record<ClaimVerdict, string>>;
}

export function decide({ parts, range, meaning, format, beside = [], remarks = {} }: Question): Finding {
  const judged = parts.map((part) => ({ part, verdict: judgeRange(part.figure, range) }));
  const decisive =
    judged.find(({ verdict }) => verdict === "does not hold") ??
    judged.find(({ verdict }) => verdict === "cannot tell here") ??
    judged[0];
  if (decisive === undefined) return notMeasured("No trial of it succeeded.");
  const { part, verdict } = decisive;
  const figures = parts.map(({ name, figure }) =>
    [name, formatEstimate(figure, format)].filter(Boolean).join(" "),
  );
  const remark = remarks[verdict];
  const reason = explain(part, verdict, parts.length, { range, meaning, format });
  return {
    measured: [...figures, ...beside].join("; "),
    verdict,
    why: `${reason}${remark === undefined ? "" : `: ${remark}`}.`,
  };
}

/** Joins the findings of a claim's halves: it holds when both do, and does not when one does not. */
export function joinFindings(halves: readonly [Finding, ...Finding[]]): Finding {
  const decisive =
    halves.find(({ verdict }) => verdict === "does not hold") ??
    halves.find(({ verdict }) => verdict !== "holds") ??
    halves[0];
  const { verdict, why } = decisive;
  return { measured: halves.map(({ measured }) => measured).join("; "), verdict, why };
}

function explain(
  { name, figure, limits = [] }: Part,
  verdict: ClaimVerdict,
  parts: number,
  { range, meaning, format }: Pick<Question, "range" | "meaning" | "format">,
): string {
  const words = describeRange(range, format);
  const which = parts === 1 ? "" : ` of ${name.replace(/:$/, "")}`;
  if (verdict === "holds")
    return `${parts === 1 ? "The whole interval is" : "All intervals are"} ${words}, which ${meaning}`;
  if (verdict === "does not hold") {
    const isAbove = (figure.low as number) > range.high;
    const side = isAbove ? `above ${format(range.high)}` : `below ${format(range.low)}`;
    return `The whole interval${which} is ${side}; ${words} ${meaning}`;
  }
  if (figure.low === null) return `Fewer than ${MIN_BLOCKS} blocks say too little about chance`;
  if (limits.length > 0) return `The figure${which} is only a bound, because ${limits.join(" and ")}`;
  return `Only a part of the interval${which} is ${words}, which ${meaning}`;
}

function describeRange({ low, high }: Range, format: (value: number) => string): string {
  if (!Number.isFinite(low)) return `below ${format(high)}`;
  return Number.isFinite(high) ? `between ${format(low)} and ${format(high)}` : `above ${format(low)}`;
}

/** Nothing that would speak for or against a claim. @param why one sentence */
export function notMeasured(why: string): Finding {
  return { measured: "", verdict: "not measured", why };
}
