// Whether two things differ, and by how much: ratios with intervals. Pure.
import { type Estimate, estimate, estimateFrom, estimateMedian } from "./bootstrap.ts";
import { median } from "./statistics.ts";

export interface Difference {
  /** The first over the second. */
  readonly ratio: Estimate;
  /** "unknown" where the blocks are too few. */
  readonly finding: "higher" | "lower" | "no difference found" | "unknown";
}

/** One value per block, by the block's number. */
export type ByBlock = ReadonlyMap<number, number>;

/**
 * Compares what was measured side by side: the median of the ratios within blocks, so that what slows a whole block does
 * not count. Blocks that lack one of the two are left out.
 */
export function compareWithinBlocks(first: ByBlock, second: ByBlock): Difference {
  const logs = [...first].flatMap(([block, value]) => {
    const other = second.get(block);
    return other !== undefined && value > 0 && other > 0 ? [Math.log(value / other)] : [];
  });
  if (logs.length === 0) return { ratio: { value: Number.NaN, low: null, high: null }, finding: "unknown" };
  return judge(estimate(logs, (drawn) => Math.exp(median(drawn))));
}

/**
 * Returns by how much the first is more than the second: the median of the differences within blocks. Null where no block
 * has both.
 */
export function subtractWithinBlocks(first: ByBlock, second: ByBlock): Estimate | null {
  const differences = [...first].flatMap(([block, value]) => {
    const other = second.get(block);
    return other === undefined ? [] : [value - other];
  });
  return differences.length === 0 ? null : estimateMedian(differences);
}

/** Compares what was measured at different times, such as two runs: the ratio of the medians. */
export function compareApart(first: readonly number[], second: readonly number[]): Difference {
  return judge(estimateFrom([first, second], ([a = [], b = []]) => median(a) / median(b)));
}

function judge(ratio: Estimate): Difference {
  const { low, high } = ratio;
  if (low === null || high === null) return { ratio, finding: "unknown" };
  if (low > 1) return { ratio, finding: "higher" };
  return { ratio, finding: high < 1 ? "lower" : "no difference found" };
}
