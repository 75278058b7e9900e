// Percentiles of all requests of several blocks together, and how sure they are. Pure.
import type { Histogram } from "hdr-histogram-js";
import { buildLatencies } from "../load/latencies.ts";
import { type Estimate, estimate } from "./bootstrap.ts";

/** Each block is known by so many of its quantiles, most of them in its tail: a tenth of what a percentile leaves above it
 * is fifty of them or more. */
const BANDS = [
  { from: 0, to: 0.9, levels: 1_000 },
  { from: 0.9, to: 0.99, levels: 500 },
  { from: 0.99, to: 1, levels: 500 },
] as const;
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
  const pool = {
    values: points.map(({ value }) => value),
    below: blocks.map((block) => sumUp(points, block)),
  };
  return percentiles.map((percentile) =>
    estimate(
      blocks,
      (drawn) => findPercentile(pool, countTimes(drawn, blocks.length), percentile),
      RESAMPLES,
    ),
  );
}

/** Adds histograms up. @returns what gives the value at a percentile (0 to 100) of all of them together */
export function poolHistograms(histograms: readonly Histogram[]): (percentile: number) => number {
  const pooled = buildLatencies();
  for (const histogram of histograms) pooled.add(histogram);
  // A percentile is the upper end of its bucket, which may lie beyond the highest value in it.
  return (percentile) => Math.min(pooled.getValueAtPercentile(percentile), pooled.maxValue);
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

/** Values in ascending order, and how many requests each block has up to each of them. */
interface Pool {
  readonly values: readonly number[];
  readonly below: readonly Float64Array[];
}

function sumUp(points: readonly Point[], block: number): Float64Array {
  let sum = 0;
  return Float64Array.from(points, (point) => {
    if (point.block === block) sum += point.weight;
    return sum;
  });
}

/** Searches by halves: a resample that walked through all values would be most of what a report takes. */
function findPercentile({ values, below }: Pool, times: Uint32Array, percentile: number): number {
  const countUpTo = (index: number) =>
    below.reduce((sum, counts, block) => sum + (times[block] as number) * (counts[index] as number), 0);
  const total = countUpTo(values.length - 1);
  // Sums of fractions may miss the mark by a little.
  const wanted = (percentile / 100) * total - total * 1e-9;
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (countUpTo(middle) >= wanted) last = middle;
    else first = middle + 1;
  }
  return values[first] ?? 0;
}
