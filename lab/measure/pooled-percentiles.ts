// Percentiles of all requests of several blocks together, and how sure they are. Pure.
import type { Histogram } from "hdr-histogram-js";
import { type Estimate, estimate } from "./bootstrap.ts";

/** Each block is known by so many of its quantiles: a tenth of what the 99th percentile leaves above it is twenty. */
const LEVELS = 2_000;
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
  const weight = histogram.totalCount / LEVELS;
  return Array.from({ length: LEVELS }, (_, level) => {
    const value = histogram.getValueAtPercentile(((level + 0.5) / LEVELS) * 100);
    return { value: Math.min(value, histogram.maxValue), block, weight };
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
