// Judging a figure by its whole interval. Pure.
import type { Estimate } from "../measure/bootstrap.ts";
import type { ClaimVerdict } from "./claim.ts";

/** What a figure has to be for a claim to hold. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Everything within a factor of a figure, either way. */
export function about(figure: number, factor: number): Range {
  return { low: figure / factor, high: figure * factor };
}

export const below = (high: number): Range => ({ low: Number.NEGATIVE_INFINITY, high });
export const above = (low: number): Range => ({ low, high: Number.POSITIVE_INFINITY });

/** "holds" when the whole interval lies in the range, "does not hold" when all of it lies outside, else "cannot tell". */
export function judgeRange({ low, high }: Estimate, range: Range): ClaimVerdict {
  if (low === null || high === null) return "cannot tell here";
  if (low >= range.low && high <= range.high) return "holds";
  return high < range.low || low > range.high ? "does not hold" : "cannot tell here";
}

/** A figure that may be higher, because something else than what is measured was the limit. */
export function atLeast(figure: Estimate): Estimate {
  return { ...figure, high: Number.POSITIVE_INFINITY };
}

/** A figure that may be lower. */
export function atMost(figure: Estimate): Estimate {
  return { ...figure, low: Number.NEGATIVE_INFINITY };
}
