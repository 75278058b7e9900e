// When a run that is to be precise may end. The rule is fixed before the run, so that nobody stops at a figure they like.
import { MIN_BLOCKS, relativeWidth } from "./bootstrap.ts";
import { compareWithinBlocks } from "./difference.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** The ratio of the throughputs of two approaches. */
export interface ThroughputRatio {
  readonly workload: string;
  readonly faster: string;
  readonly slower: string;
  /** Of its interval, as a part of it; null where there is none. */
  readonly width: number | null;
}

/**
 * Whether the blocks so far are enough: the interval of every ratio of two approaches is no wider than this part of the ratio.
 * @param blocks how many have been made
 */
export function isPreciseEnough(
  measurements: readonly Measurement[],
  blocks: number,
  precision: number,
): boolean {
  return blocks >= MIN_BLOCKS && listWideRatios(measurements, precision).length === 0;
}

/** Returns the ratios that are not as sure as this: those without an interval first, then the widest.
 * Approaches without a good trial are not waited for. */
export function listWideRatios(measurements: readonly Measurement[], precision: number): ThroughputRatio[] {
  const good = measurements.filter(({ error, isAgain }) => error === undefined && !isAgain);
  const widthOf = ({ width }: ThroughputRatio) => width ?? Number.POSITIVE_INFINITY;
  return [...Map.groupBy(good, ({ workload }) => workload)]
    .flatMap(([workload, trials]) => listPairs(workload, trials))
    .filter((ratio) => widthOf(ratio) > precision)
    .sort((a, b) => widthOf(b) - widthOf(a) || 0);
}

/** Lists all pairs of the approaches of a workload, in the order of their throughput. */
function listPairs(workload: string, measurements: readonly Measurement[]): ThroughputRatio[] {
  const approaches = [...Map.groupBy(measurements, ({ approach }) => approach)]
    .map(([name, trials]) => ({
      name,
      throughputs: new Map(trials.map(({ block, requestsPerSecond }) => [block, requestsPerSecond])),
    }))
    .sort((a, b) => median([...b.throughputs.values()]) - median([...a.throughputs.values()]));
  return approaches.flatMap((faster, index) =>
    approaches.slice(index + 1).map((slower) => {
      const { ratio } = compareWithinBlocks(faster.throughputs, slower.throughputs);
      return { workload, faster: faster.name, slower: slower.name, width: relativeWidth(ratio) };
    }),
  );
}
