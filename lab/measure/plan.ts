// What a run will do, decided before it starts.

import { startRandom } from "../../k6/lib/random.ts";
import { type Workload, type WorkloadName, workloads } from "../../k6/lib/workloads.ts";
import type { Approach, Approaches } from "../../services/approaches/index.ts";

/** One approach under one workload, to be measured once. */
export interface Trial {
  /** From 1. */
  readonly block: number;
  readonly approach: string;
  /** Its row. */
  readonly row: Approach;
  readonly workload: WorkloadName;
  /** Seed of the choice of keys: the same for all trials of a block, so that they are asked the same. */
  readonly seed: number;
}

/** Whether an approach can be asked this at all. */
export function canServe({ writes, stores }: Approach, workload: Workload): boolean {
  return (writes || !workload.writes) && (stores || !workload.needsStoredUsers);
}

/**
 * Plans randomised complete blocks: every trial once per block, in an order drawn from the seed. Neighbouring
 * trials share the machine's moods; in blocks all approaches meet the same ones.
 */
export function planTrials(options: {
  readonly approaches: Approaches;
  readonly workloads: readonly WorkloadName[];
  readonly blocks: number;
  readonly seed: number;
}): Trial[] {
  const random = startRandom(options.seed);
  return Array.from({ length: options.blocks }, (_, index) => {
    const seed = random(2 ** 32);
    const trials = Object.entries(options.approaches).flatMap(([approach, row]) =>
      options.workloads
        .filter((workload) => canServe(row, workloads[workload]))
        .map((workload) => ({ block: index + 1, approach, row, workload, seed })),
    );
    return shuffle(trials, random);
  }).flat();
}

/** Fisher and Yates, in Durstenfeld's form. */
function shuffle<T>(items: readonly T[], random: (limit: number) => number): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
