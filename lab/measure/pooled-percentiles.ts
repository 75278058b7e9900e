// Percentiles of all requests of several blocks together, and how sure they are. Pure.
import type { Histogram } from "hdr-histogram-js";
import { type Estimate, estimate } from "./bootstrap.ts";

/** Each block is known by so many of its quantiles, most of them in its tail: a tenth of what a percentile leaves above it
 * is fifty of them or more. */
const BANDS = [
  { from: 0, to: 0.9, levels: 1_000 },
  { from: 0.9, to: 0.99, levels: 500 },
  { from: 0.99, to: 1, levels: 500 },
] as const;
/** Each has to walk through all quantiles of all blocks. */
const RESAMPLES = 1_000;

interface Point {
  readonly value: number;
  readonly block: number;
  /** Requests that it stands for. */
  readonly weight: number;
}

/** Estimates percentiles (0 to 100) of histograms together, by adding up and never by averaging. */
export function estimatePercentiles(
  histograms: readonly Histogram[],
  percentiles: readonly number[],
): Estimate[] {
  const points = histograms.flatMap(describeBlock).sort((a, b) => a.value - b.value);
  const blocks = histograms.map((_, block) => block);
  return percentiles.map((percentile) =>
    estimate(
      blocks,
      (drawn) => findPercentile(points, countTimes(drawn, blocks.length), percentile),
      RESAMPLES,
    ),
  );
}

function describeBlock(histogram: Histogram, block: number): Point[] {
  return BANDS.flatMap(({ from, to, levels }) => {
    const width = (to - from) / levels;
    return Array.from({ length: levels }, (_, level) => {
      const value = histogram.getValueAtPercentile((from + (level + 0.5) * width) * 100);
      return { value: Math.min(value, histogram.maxValue), block, weight: width * histogram.totalCount };
    });
  });
}

/** How often each block was drawn. */
function countTimes(drawn: readonly number[], blocks: number): Uint32Array {
  const times = new Uint32Array(blocks);
  for (const block of drawn) times[block] = (times[block] as number) + 1;
  return times;
}

function findPercentile(points: readonly Point[], times: Uint32Array, percentile: number): number {
  const weigh = ({ block, weight }: Point) => (times[block] as number) * weight;
  const total = points.reduce((sum, point) => sum + weigh(point), 0);
  // Sums of fractions may miss the mark by a little.
  let left = (percentile / 100) * total - total * 1e-9;
  for (const point of points) {
    left -= weigh(point);
    if (left <= 0 && weigh(point) > 0) return point.value;
  }
  return points.findLast((point) => weigh(point) > 0)?.value ?? 0;
}
