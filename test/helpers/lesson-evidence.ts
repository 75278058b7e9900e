// Evidence that is made up: plausible trials, with what a test wants to be different.
import type { Evidence } from "../../lab/lesson/evidence.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { RunData } from "../../lab/measure/results.ts";
import { environment, measurementWith } from "./measurements.ts";

export const BLOCKS = 5;

/** Fields of the trials of an approach: the same in all blocks, or one object for each. */
export type Trials = Partial<Measurement> | readonly Partial<Measurement>[];

/** A run of one size, of five blocks or more. */
export function runOf(size: number, approaches: Readonly<Record<string, Trials>>, blocks = BLOCKS): RunData {
  const measurements = Object.entries(approaches).flatMap(([approach, trials], place) =>
    Array.from({ length: blocks }, (_, index) => {
      const fields = Array.isArray(trials) ? trials[index % trials.length] : trials;
      const trial = 1 + place * blocks + index;
      return measurementWith({ size, approach, block: index + 1, trial, ...fields });
    }),
  );
  const inOrder = measurements.toSorted((a, b) => a.block - b.block);
  return { environment: { ...environment, size, blocks }, measurements: inOrder, counts: null };
}

export function evidenceOf(runs: readonly RunData[], others: Partial<Omit<Evidence, "runs">> = {}): Evidence {
  return { runs, experiments: {}, moods: {}, writers: [], crash: [], memory: [], ...others };
}

/** The same round five times; rounds that differ in turns when there are several. */
export function roundsOf<T>(...rounds: readonly T[]): T[] {
  return Array.from({ length: BLOCKS }, (_, index) => rounds[index % rounds.length] as T);
}
