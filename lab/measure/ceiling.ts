// What a load generator can do at most: the ceiling under which an approach's figures are its own. Pure.
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";
import { BUSY_SHARE, type CpuShares, GENERATOR_MAX_SHARE, type Verdict } from "./verdict.ts";

/** A throughput above this part of the generator's ceiling may be the generator's. */
const CEILING_MAX_PART = 0.5;
/** A service that uses this much of its core cannot do more, whatever the generator could. */
const OWN_LIMIT_SHARE = 0.95;

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

type Judged = Pick<
  Measurement,
  | "verdict"
  | "requestsPerSecond"
  | "impliedRequestsPerSecond"
  | "serverCpuShare"
  | "generatorCpuShare"
  | "storesNothing"
>;

/**
 * Judges a closed trial once more, with the ceiling of its generator in view. Close below it, a busy service is no proof
 * that it was the limit, and where both were busy it was the generator. Not so where the service used all of its core; nor
 * of the approach that the ceiling comes from; and a generator that was not busy has held up nobody.
 */
export function judgeUnderCeiling(trial: Judged, ceiling: number | null): Verdict {
  const { verdict, requestsPerSecond, storesNothing } = trial;
  if (storesNothing || ceiling === null || requestsPerSecond <= ceiling * CEILING_MAX_PART) return verdict;
  const { server, generator } = sharesOf(trial);
  if (server >= OWN_LIMIT_SHARE) return verdict;
  if (verdict === "server-limited") return "mixed";
  return verdict === "mixed" && generator > GENERATOR_MAX_SHARE ? "client-limited" : verdict;
}

/** Says what makes a trial mixed. "neither busy": the machine, a disk or a lock was what both waited for. "near the
 * ceiling": the service was busy and the generator was not, but not far from what it can do. */
export function explainMixed(trial: Judged): "both busy" | "neither busy" | "near the ceiling" {
  const { server, generator } = sharesOf(trial);
  if (server < BUSY_SHARE) return "neither busy";
  return generator > GENERATOR_MAX_SHARE ? "both busy" : "near the ceiling";
}

/** What the CPU time per request allows counts the database where it shares the service's core. */
function sharesOf(trial: Judged): CpuShares {
  const { requestsPerSecond, impliedRequestsPerSecond = Number.POSITIVE_INFINITY } = trial;
  return {
    server: Math.max(trial.serverCpuShare, requestsPerSecond / impliedRequestsPerSecond),
    generator: trial.generatorCpuShare,
  };
}
