// When a run that is to be precise may end. The rule is fixed before the run, so that nobody stops at a figure they like.
import { MIN_BLOCKS, relativeWidth } from "./bootstrap.ts";
import { compareWithinBlocks } from "./difference.ts";
import { cpuMicrosPerRequest, type Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** What approaches are compared by. */
const FIGURES = [
  { name: "throughput", of: ({ requestsPerSecond }: Measurement) => requestsPerSecond },
  { name: "CPU/request", of: cpuMicrosPerRequest },
] as const;

/** The ratio of a figure of two approaches. */
export interface FigureRatio {
  readonly workload: string;
  readonly figure: (typeof FIGURES)[number]["name"];
  /** The one that has more of it. */
  readonly more: string;
  readonly less: string;
  /** Of its interval, as a part of it; null where there is none. */
  readonly width: number | null;
}

/**
 * Whether the blocks so far are enough: the interval of every ratio of two approaches, by throughput and by CPU
 * time per request, is no wider than this part of the ratio.
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
export function listWideRatios(measurements: readonly Measurement[], precision: number): FigureRatio[] {
  const good = measurements.filter(({ error, isAgain }) => error === undefined && !isAgain);
  const widthOf = ({ width }: FigureRatio) => width ?? Number.POSITIVE_INFINITY;
  return [...Map.groupBy(good, ({ workload }) => workload)]
    .flatMap(([workload, trials]) => FIGURES.flatMap((figure) => listPairs(workload, trials, figure)))
    .filter((ratio) => widthOf(ratio) > precision)
    .sort((a, b) => widthOf(b) - widthOf(a) || 0);
}

/** Lists all pairs of the approaches of a workload, in the order of a figure. */
function listPairs(
  workload: string,
  measurements: readonly Measurement[],
  { name: figure, of }: (typeof FIGURES)[number],
): FigureRatio[] {
  const approaches = [...Map.groupBy(measurements, ({ approach }) => approach)]
    .map(([name, trials]) => ({ name, values: new Map(trials.map((trial) => [trial.block, of(trial)])) }))
    .sort((a, b) => median([...b.values.values()]) - median([...a.values.values()]));
  return approaches.flatMap((more, index) =>
    approaches.slice(index + 1).map((less) => {
      const { ratio } = compareWithinBlocks(more.values, less.values);
      return { workload, figure, more: more.name, less: less.name, width: relativeWidth(ratio) };
    }),
  );
}
