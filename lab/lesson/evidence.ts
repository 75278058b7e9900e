// What a lesson has measured, and questions to it. Pure.

import { approaches } from "../../services/approaches/index.ts";
import type { FoundOutcome } from "../crash/latest-outcomes.ts";
import { findCeiling, judgeUnderCeiling } from "../measure/ceiling.ts";
import type { ByBlock } from "../measure/difference.ts";
import { cpuMicrosPerRequest, type Measurement } from "../measure/measurement.ts";
import type { MoodFigures } from "../measure/mood.ts";
import { findNoisyTrials, PRESSURE_LIMIT } from "../measure/noise.ts";
import type { RunData } from "../measure/results.ts";
import { median } from "../measure/statistics.ts";
import { BUSY_SHARE } from "../measure/verdict.ts";
import type { MemoryRecord } from "../memory/record.ts";
import type { WritersRecord } from "../writers/record.ts";
import type { ExperimentName, ExperimentResults } from "./experiments.ts";

/** The workload of the lessons. */
export const WORKLOAD = "read";

export interface Evidence {
  /** One run per size, ascending. Blocks with the same number were measured after each other at all sizes. */
  readonly runs: readonly RunData[];
  readonly experiments: Partial<ExperimentResults>;
  /** What the machine was like during an experiment. */
  readonly moods: Partial<Record<ExperimentName, MoodFigures>>;
  /** The finished experiments with several writers on this machine, the latest first. */
  readonly writers: readonly WritersRecord[];
  /** What crashes on this machine have found, the latest of each question to each subject at each level. */
  readonly crash: readonly FoundOutcome[];
  /** The finished experiments with a limit of memory on this machine, the latest first. */
  readonly memory: readonly MemoryRecord[];
}

/** What limits a figure where somebody waited for a core too long, in words. */
const CROWDED = "other programs kept the cores busy";

/** A figure of a trial. */
export type Figure = (trial: Measurement) => number;

export const throughput: Figure = ({ requestsPerSecond }) => requestsPerSecond;
export const p50Ms: Figure = ({ latencyMs }) => latencyMs.p50;
export const cpuMicros: Figure = cpuMicrosPerRequest;

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

/** Returns the approaches of which there are trials, in the order of the table. */
export function approachesOf({ runs }: Evidence): string[] {
  const measured = new Set(runs.flatMap(({ measurements }) => measurements.map(({ approach }) => approach)));
  return Object.keys(approaches).filter((approach) => measured.has(approach));
}

/** Says what else than the approach was the limit of any of its trials at a size, in words: then it can do more than was
 * measured. */
export function findLimits(evidence: Evidence, approach: string, size: number): string[] {
  const trials = trialsOf(evidence, approach, size);
  const run = evidence.runs.find(({ environment }) => environment.size === size);
  const count = trials.filter((trial) => isClientLimited(trial, run)).length;
  return count > 0
    ? [`the load generator was the limit of ${approach} in ${count} of ${trials.length} trials`]
    : [];
}

/** The same, and whether others kept the cores busy: for figures that are not compared with one of the same minutes. */
export function findAllLimits(evidence: Evidence, approach: string, size: number): string[] {
  const shares = trialsOf(evidence, approach, size).map(({ cpuPressureShare = 0 }) => cpuPressureShare);
  const isCrowded = shares.length > 0 && median(shares) > PRESSURE_LIMIT;
  return [...findLimits(evidence, approach, size), ...(isCrowded ? [CROWDED] : [])];
}

/** Says what kept a service from being busy in those of its trials at a size in which it was not: the generator, or others.
 * What a busy service's generator did does not matter. */
export function findIdleReasons(evidence: Evidence, approach: string, size: number): string[] {
  const trials = trialsOf(evidence, approach, size);
  const run = evidence.runs.find(({ environment }) => environment.size === size);
  const idle = trials.filter(({ serverCpuShare }) => serverCpuShare < BUSY_SHARE);
  const name = (reason: string, of: readonly Measurement[]) =>
    of.length > 0 ? [`${reason} in ${of.length} of ${trials.length} trials`] : [];
  const held = idle.filter((trial) => isClientLimited(trial, run));
  const crowded = idle.filter(({ cpuPressureShare = 0 }) => cpuPressureShare > PRESSURE_LIMIT);
  return [...name(`the load generator was the limit of ${approach}`, held), ...name(CROWDED, crowded)];
}

/** Says whether others kept the cores busy during an experiment. */
export function findExperimentLimits({ moods }: Evidence, name: ExperimentName): string[] {
  return (moods[name]?.cpuPressureShare ?? 0) > PRESSURE_LIMIT ? [CROWDED] : [];
}

function isClientLimited(trial: Measurement, run: RunData | undefined): boolean {
  const ceiling = findCeiling(run?.measurements ?? [], WORKLOAD, trial.generator);
  return judgeUnderCeiling(trial, ceiling) === "client-limited";
}

/** Counts the trials, and those that met a noisy machine. */
export function countUnquiet({ runs }: Evidence): { readonly trials: number; readonly noisy: number } {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    trials: sum(runs.map(({ measurements }) => measurements.length)),
    noisy: sum(runs.map(({ measurements }) => findNoisyTrials(measurements).size)),
  };
}

/** Returns the same evidence without the trials that met a noisy machine. */
export function withoutNoise({ runs, ...others }: Evidence): Evidence {
  const quiet = runs.map((run) => {
    const noisy = findNoisyTrials(run.measurements);
    return { ...run, measurements: run.measurements.filter(({ trial }) => !noisy.has(trial)) };
  });
  return { runs: quiet, ...others };
}
