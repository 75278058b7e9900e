// What a load generator can do at most: the ceiling under which an approach's figures are its own. Pure.
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";
import { GENERATOR_MAX_SHARE, type Verdict } from "./verdict.ts";

/** A throughput above this part of the generator's ceiling may be the generator's. */
export const CEILING_MAX_PART = 0.5;

/**
 * Finds the ceiling of a generator: what it got out of an approach that stores nothing, in the same run and workload,
 * while it was itself the limit or as good as that. Null where it never was: then the ceiling is higher than anything that was measured.
 */
export function findCeiling(
  measurements: readonly Measurement[],
  workload: string,
  generator: string,
): number | null {
  const limited = measurements.filter(
    (trial) =>
      trial.workload === workload &&
      trial.generator === generator &&
      trial.load === "closed" &&
      trial.error === undefined &&
      (trial.verdict === "client-limited" || trial.generatorCpuShare > GENERATOR_MAX_SHARE) &&
      trial.storesNothing,
  );
  return limited.length === 0 ? null : median(limited.map(({ requestsPerSecond }) => requestsPerSecond));
}

/** Judges a closed trial once more, with the ceiling of its generator in view. Close below it, a busy service is no proof
 * that it was the limit, and one that was not busy was held up by the generator. */
export function judgeUnderCeiling(
  { verdict, requestsPerSecond }: Pick<Measurement, "verdict" | "requestsPerSecond">,
  ceiling: number | null,
): Verdict {
  if (ceiling === null || requestsPerSecond <= ceiling * CEILING_MAX_PART) return verdict;
  if (verdict === "server-limited") return "mixed";
  return verdict === "mixed" ? "client-limited" : verdict;
}
