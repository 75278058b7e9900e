// Whether a service was still warming up while it was measured. Pure.
import { type Estimate, estimate } from "./bootstrap.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** A last third of the window that is so much faster or slower than an earlier one is named. */
const TREND_LIMIT = 0.05;

/** Estimates the last third's throughput over the first's or the second's, over blocks; null where the generator tells no
 * thirds or too few requests. */
export function estimateTrend(trials: readonly Measurement[], from: "first" | "second"): Estimate | null {
  const ratios = trials.flatMap(({ requestsByThird: [first, second, last] = [0, 0, 0] }) => {
    const earlier = from === "first" ? first : second;
    return earlier >= MIN_REQUESTS ? [last / earlier] : [];
  });
  return ratios.length < 2 ? null : estimate(ratios, median);
}

/** A third with fewer requests says more of its edges than of the service. */
const MIN_REQUESTS = 100;

/** Whether the whole interval lies beyond the limit. */
export function hasTrend({ low, high }: Estimate): boolean {
  return low !== null && high !== null && (low > 1 + TREND_LIMIT || high < 1 - TREND_LIMIT);
}
