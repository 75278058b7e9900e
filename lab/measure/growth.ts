// How a figure grows with the number of users: its exponent. Pure.
import { linearRegression } from "simple-statistics";
import { type Estimate, estimateMedian } from "./bootstrap.ts";
import type { ByBlock } from "./difference.ts";

/** A figure by block, for each size. */
export type BySize = ReadonlyMap<number, ByBlock>;

/** Returns the exponent e of figure = c * size^e that fits best: the slope of a least-squares line through the
 * logarithms. 0 is flat, 1 in proportion. @param points pairs of size and figure, at least two */
export function fitExponent(points: readonly (readonly [size: number, figure: number])[]): number {
  return linearRegression(points.map(([size, figure]) => [Math.log(size), Math.log(figure)])).m;
}

/**
 * Estimates an exponent: the median of the exponents of the blocks, each fitted to figures that were measured after each
 * other. Blocks that lack a size are left out. Null for fewer than two sizes, or no whole block.
 */
export function estimateExponent(bySize: BySize): Estimate | null {
  const sizes = [...bySize.keys()];
  const [first, ...others] = bySize.values();
  if (first === undefined || others.length === 0) return null;
  const blocks = [...first.keys()].filter((block) => others.every((figures) => figures.has(block)));
  if (blocks.length === 0) return null;
  const exponents = blocks.map((block) =>
    fitExponent(sizes.map((size) => [size, bySize.get(size)?.get(block) as number])),
  );
  return estimateMedian(exponents);
}
