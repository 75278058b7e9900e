// Figures for claims, out of a lesson's runs and experiments. Pure.
import { type Estimate, estimateMedian } from "../measure/bootstrap.ts";
import { type ByBlock, compareWithinBlocks } from "../measure/difference.ts";
import {
  blocksOf,
  type Evidence,
  type Figure,
  findAllLimits,
  findExperimentLimits,
  findLimits,
  sizesOf,
  throughput,
} from "./evidence.ts";
import type { ExperimentName, ExperimentResults } from "./experiments.ts";
import { type Finding, notMeasured, type Part } from "./finding.ts";
import { atLeast, atMost } from "./range.ts";
import type { Round } from "./turns.ts";
import { nameSize } from "./words.ts";

/** Sizes that are further apart than this tell growth from chance. */
const GROWTH_MIN_FACTOR = 10;

/** Says which of these were not measured; null when all were. */
export function findLack(
  evidence: Evidence,
  needed: { readonly approaches?: readonly string[]; readonly sizes?: readonly number[] },
): Finding | null {
  const sizes = sizesOf(evidence);
  if (sizes.length === 0) return notMeasured("No size was measured.");
  const missing = (needed.sizes ?? []).filter((size) => !sizes.includes(size));
  if (missing.length > 0) return otherSizes(missing, sizes);
  const asked = needed.sizes ?? sizes;
  const absent = (needed.approaches ?? []).find((approach) =>
    asked.some((size) => blocksOf(evidence, approach, size, throughput).size === 0),
  );
  return absent === undefined
    ? null
    : notMeasured(`There is no good trial of ${absent} at each of the sizes.`);
}

/** A claim about sizes that are not among those that were measured. */
export function otherSizes(missing: readonly number[], sizes: readonly number[]): Finding {
  const [about, here] = [missing, sizes].map((list) => list.map(nameSize).join(" and "));
  return notMeasured(`It is about ${about} users, and the sizes here were ${here}.`);
}

/** Judges by the result of an experiment, if there is one. */
export function ask<Name extends ExperimentName>(
  { experiments: results }: Evidence,
  name: Name,
  judge: (result: ExperimentResults[Name]) => Finding,
): Finding {
  const result = results[name];
  if (result !== undefined) return judge(result as ExperimentResults[Name]);
  return notMeasured(`The experiment ${name} has no result.`);
}

/** Says that sizes are too near each other to show growth; null when they are not. */
export function findNarrow(sizes: readonly number[]): Finding | null {
  if (Math.max(...sizes) >= GROWTH_MIN_FACTOR * Math.min(...sizes)) return null;
  return notMeasured(`Growth needs sizes at least ${GROWTH_MIN_FACTOR} times apart.`);
}

/** Compares two approaches at one size by their throughput. */
export function compareApproaches(evidence: Evidence, first: string, second: string, size: number): Part {
  const of = (approach: string) => blocksOf(evidence, approach, size, throughput);
  const { ratio } = compareWithinBlocks(of(first), of(second));
  const limits = [first, second].map((approach) => findLimits(evidence, approach, size));
  return { name: `${nameSize(size)}:`, ...boundRatio(ratio, limits[0] ?? [], limits[1] ?? []) };
}

/** Compares the throughput of an approach at two sizes, block by block. */
export function compareSizes(evidence: Evidence, approach: string, large: number, small: number): Part {
  const of = (size: number) => blocksOf(evidence, approach, size, throughput);
  const { ratio } = compareWithinBlocks(of(large), of(small));
  const limitsAt = (size: number) =>
    findLimits(evidence, approach, size).map((limit) => `${limit} at ${nameSize(size)}`);
  return {
    name: `req/s at ${nameSize(large)} over ${nameSize(small)}:`,
    ...boundRatio(ratio, limitsAt(large), limitsAt(small)),
  };
}

/** A throughput that something else held down may be higher: then a ratio is only a bound. */
function boundRatio(ratio: Estimate, above: readonly string[], beneath: readonly string[]) {
  const raised = above.length > 0 ? atLeast(ratio) : ratio;
  return { figure: beneath.length > 0 ? atMost(raised) : raised, limits: [...above, ...beneath] };
}

/** Estimates a figure of an approach at each size.
 * @param bound what is left of a figure when something else was the limit
 * @param findReasons says what was, in words */
export function eachSize(
  evidence: Evidence,
  approach: string,
  figure: Figure,
  bound: (figure: Estimate) => Estimate,
  findReasons = findAllLimits,
): Part[] {
  return sizesOf(evidence).map((size) => {
    const measured = estimateMedian([...blocksOf(evidence, approach, size, figure).values()]);
    const limits = findReasons(evidence, approach, size);
    return { name: `${nameSize(size)}:`, figure: limits.length > 0 ? bound(measured) : measured, limits };
  });
}

/** A time of an experiment as a part of a claim: where others kept the cores busy, it may be less. */
export function timePart(
  evidence: Evidence,
  experiment: ExperimentName,
  name: string,
  measured: Estimate,
): Part {
  const limits = findExperimentLimits(evidence, experiment);
  return { name, figure: limits.length > 0 ? atMost(measured) : measured, limits };
}

/** The figures of one way by round. */
export function byRound<Way extends string>(rounds: readonly Round<Way>[], way: Way): ByBlock {
  return new Map(rounds.map((round, index) => [index, round[way]]));
}

/** Estimates a figure that follows from each round. */
export function overRounds<Way extends string, Figure>(
  rounds: readonly Round<Way, Figure>[],
  figure: (round: Round<Way, Figure>) => number,
): Estimate {
  return estimateMedian(rounds.map(figure));
}
