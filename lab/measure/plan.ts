// What a run will do, decided before it starts.

import { startRandom } from "../../k6/lib/random.ts";
import { type Workload, type WorkloadName, workloads } from "../../k6/lib/workloads.ts";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { type Capacities, chooseRates, type Rate } from "./rates.ts";

/** One approach under one workload, to be measured once. */
export interface Trial {
  /** From 1. */
  readonly block: number;
  readonly approach: string;
  /** Its row. */
  readonly row: Approach;
  readonly workload: WorkloadName;
  /** Of an open load; a closed one has none. */
  readonly rate?: Rate;
  /** Whether it was made just now, and is made again with another generator. */
  readonly isAgain?: true;
  /** Seed of the choice of keys: the same for all trials of a block, so that they are asked the same. */
  readonly seed: number;
}

/** Says why an approach cannot be asked this at all; null when it can. */
export function findObstacle({ writes, stores, answers = [] }: Approach, workload: Workload): string | null {
  if (workload.asks !== undefined && !answers.includes(workload.asks)) return "does not answer it";
  if (workload.writes && !writes) return "does not write";
  return workload.needsStoredUsers && !stores ? "stores no users" : null;
}

/** Lists what a plan leaves out, a line each. */
export function listLeftOut(options: {
  readonly approaches: Approaches;
  readonly workloads: readonly WorkloadName[];
}): string[] {
  return Object.entries(options.approaches).flatMap(([approach, row]) =>
    options.workloads.flatMap((workload) => {
      const obstacle = findObstacle(row, workloads[workload]);
      return obstacle === null ? [] : [`${workload} leaves out ${approach}: it ${obstacle}`];
    }),
  );
}

/** One thing to measure in each block. */
export type Cell = Omit<Trial, "block" | "seed">;

/** Lists what a block of closed trials holds: every approach under every workload that it can serve. */
export function listClosedCells(options: {
  readonly approaches: Approaches;
  readonly workloads: readonly WorkloadName[];
}): Cell[] {
  return Object.entries(options.approaches).flatMap(([approach, row]) =>
    options.workloads
      .filter((workload) => findObstacle(row, workloads[workload]) === null)
      .map((workload) => ({ approach, row, workload })),
  );
}

/** Lists what a block of open trials holds: every closed cell at each of its rates. One without a capacity is left out.
 * @param common requests per second for all, where somebody chose them */
export function listOpenCells(
  closed: readonly Cell[],
  capacities: Capacities,
  common: number | undefined,
): Cell[] {
  return closed.flatMap((cell) => {
    const rates = chooseRates(capacities.get(cell.workload) ?? new Map(), common).get(cell.approach) ?? [];
    return rates.map((rate) => ({ ...cell, rate }));
  });
}

/**
 * Plans randomised complete blocks: every cell once per block, in an order drawn from the seed. Neighbouring trials
 * share the machine's moods; in blocks all approaches meet the same ones.
 * @param firstBlock number of the first block
 */
export function planTrials<Planned extends object>(options: {
  readonly cells: readonly Planned[];
  readonly blocks: number;
  readonly firstBlock?: number;
  readonly seed: number;
}): (Planned & Pick<Trial, "block" | "seed">)[] {
  const { cells, blocks, firstBlock = 1 } = options;
  const random = startRandom(options.seed);
  return Array.from({ length: blocks }, (_, index) => {
    const seed = random(2 ** 32);
    const trials = cells.map((cell) => ({ ...cell, block: firstBlock + index, seed }));
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
