// When a run that is to be precise may end. The rule is fixed before the run, so that nobody stops at a figure they like.
import { relativeWidth } from "./bootstrap.ts";
import { compareWithinBlocks } from "./difference.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** Fewer blocks say too little of how much they differ. */
export const MIN_BLOCKS = 5;

/**
 * Whether the blocks so far are enough: in each workload, approaches in the order of their throughput, the interval of
 * every ratio of neighbours is no wider than this part of the ratio. Approaches without a good trial are not waited for.
 * @param blocks how many have been made
 */
export function isPreciseEnough(
  measurements: readonly Measurement[],
  blocks: number,
  precision: number,
): boolean {
  if (blocks < MIN_BLOCKS) return false;
  const good = measurements.filter(({ error, isAgain }) => error === undefined && !isAgain);
  return [...Map.groupBy(good, ({ workload }) => workload).values()].every((ofWorkload) =>
    listNeighbourWidths(ofWorkload).every((width) => width !== null && width <= precision),
  );
}

function listNeighbourWidths(measurements: readonly Measurement[]): (number | null)[] {
  const throughputs = [...Map.groupBy(measurements, ({ approach }) => approach).values()]
    .map((trials) => new Map(trials.map(({ block, requestsPerSecond }) => [block, requestsPerSecond])))
    .sort((a, b) => median([...b.values()]) - median([...a.values()]));
  return throughputs.slice(1).map((slower, index) => {
    const faster = throughputs[index] ?? slower;
    return relativeWidth(compareWithinBlocks(faster, slower).ratio);
  });
}
