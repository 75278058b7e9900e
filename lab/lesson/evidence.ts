// What a lesson has measured, and questions to it. Pure.

import { findCeiling, judgeUnderCeiling } from "../measure/ceiling.ts";
import type { ByBlock } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { findNoisyTrials } from "../measure/noise.ts";
import type { RunData } from "../measure/results.ts";
import type { ExperimentResults } from "./experiments.ts";

/** The workload of the lessons. */
export const WORKLOAD = "read";

export interface Evidence {
  /** One run per size, ascending. Blocks with the same number were measured after each other at all sizes. */
  readonly runs: readonly RunData[];
  readonly experiments: Partial<ExperimentResults>;
}

/** A figure of a trial. */
export type Figure = (trial: Measurement) => number;

export const throughput: Figure = ({ requestsPerSecond }) => requestsPerSecond;
export const p50Ms: Figure = ({ latencyMs }) => latencyMs.p50;
/** Of the service and its database. */
export const cpuMicros: Figure = ({ serverCpuMicrosPerRequest, databaseCpuMicrosPerRequest = 0 }) =>
  serverCpuMicrosPerRequest + databaseCpuMicrosPerRequest;

export function sizesOf({ runs }: Evidence): number[] {
  return runs.map(({ environment }) => environment.size);
}

/** Returns the good trials of an approach at a size. */
export function trialsOf({ runs }: Evidence, approach: string, size: number): Measurement[] {
  const run = runs.find(({ environment }) => environment.size === size);
  return (run?.measurements ?? []).filter(
    (trial) => trial.approach === approach && trial.workload === WORKLOAD && trial.error === undefined,
  );
}

/** Returns a figure of an approach at a size by block; empty when it was not measured. */
export function blocksOf(evidence: Evidence, approach: string, size: number, figure: Figure): ByBlock {
  return new Map(trialsOf(evidence, approach, size).map((trial) => [trial.block, figure(trial)]));
}

/** Whether the load generator was the limit of most trials of an approach: then it can do more than was measured. */
export function isClientLimited(evidence: Evidence, approach: string, size: number): boolean {
  const trials = trialsOf(evidence, approach, size);
  const run = evidence.runs.find(({ environment }) => environment.size === size);
  const limited = trials.filter((trial) => {
    const ceiling = findCeiling(run?.measurements ?? [], WORKLOAD, trial.generator);
    return judgeUnderCeiling(trial, ceiling) === "client-limited";
  });
  return limited.length > trials.length / 2;
}

/** Returns the same evidence without the trials that met a noisy machine. */
export function withoutNoise({ runs, experiments }: Evidence): Evidence {
  const quiet = runs.map((run) => {
    const noisy = findNoisyTrials(run.measurements);
    return { ...run, measurements: run.measurements.filter(({ trial }) => !noisy.has(trial)) };
  });
  return { runs: quiet, experiments };
}
