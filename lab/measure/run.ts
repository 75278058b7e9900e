// One run of the bench: data, a server for those who need one, every trial of the plan, a folder of results.

import type { WorkloadName } from "../../k6/lib/workloads.ts";
import type { Approaches } from "../../services/approaches/index.ts";
import { lockData } from "../data/lock.ts";
import { readFolder } from "../data/page-cache.ts";
import { dataFolderOf, prepareData } from "../data/prepare.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { Target } from "../targets/target.ts";
import { describeEnvironment, type Environment } from "./environment.ts";
import type { LiveMetrics } from "./live-metrics.ts";
import type { Measurement } from "./measurement.ts";
import { planTrials, type Trial } from "./plan.ts";
import { isPreciseEnough } from "./precision-rule.ts";
import { createResults, nameRun } from "./results.ts";
import { type Bench, runTrial } from "./trial.ts";

/** What a run is asked to do. */
export interface RunPlan {
  readonly size: number;
  readonly dataSeed: number;
  readonly approaches: Approaches;
  readonly workloads: readonly WorkloadName[];
  /** How many are made; with `precision`, at most. */
  readonly blocks: number;
  /** The run ends before that when the intervals of all ratios are as narrow as this part of them. */
  readonly precision?: number;
  readonly seed: number;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly waitLimitMs: number;
  /** The command that repeats the run. */
  readonly command: string;
}

/** Where a run finds and puts things, and who hears of it. */
export interface RunTools {
  readonly dataRoot: string;
  readonly resultsRoot: string;
  readonly generator: LoadGenerator;
  readonly openTarget: () => Promise<Target>;
  /** Told of every trial, for those who watch. */
  readonly live: LiveMetrics | null;
  /** Address of the dashboards that watch, or null. */
  readonly dashboards: string | null;
  readonly signal: AbortSignal;
  readonly onPreparing: (what: string, done: number, total: number) => void;
  /** Called when the data is there, with the number of trials to come. */
  readonly onReady: (trials: number) => void;
  readonly onTrial: (measurement: Measurement) => void;
  /** Called when a run ends because it is precise enough, with the number of its blocks. */
  readonly onPrecise: (blocks: number) => void;
}

/** Returns the trials of a run in the order in which they will be made. */
export function listTrials(plan: RunPlan): Trial[] {
  return planTrials(plan);
}

/** Makes a run. Whatever ends it, its services and its server are stopped and its finished trials kept.
 * @returns the folder of the results */
export async function runBench(plan: RunPlan, tools: RunTools): Promise<string> {
  using _lock = lockData(tools.dataRoot);
  const startedAt = new Date();
  const root = tools.dataRoot;
  await using target = await tools.openTarget();
  const dataSha256 = await prepareData({
    root,
    size: plan.size,
    seed: plan.dataSeed,
    approaches: plan.approaches,
    databaseUrlOf: target.database?.urlOf,
    onProgress: tools.onPreparing,
    signal: tools.signal,
  });
  for (const name of Object.keys(plan.approaches))
    await readFolder(dataFolderOf(root, plan.size, name), tools.signal);
  tools.signal.throwIfAborted();

  const { generator, signal } = tools;
  const { approaches: _approaches, workloads: _workloads, ...settings } = plan;
  const run = nameRun(startedAt, plan.size);
  const environment = describeEnvironment({
    ...settings,
    run,
    startedAt: startedAt.toISOString(),
    mode: target.mode,
    load: "closed",
    pageCache: "warmed",
    dataSha256,
    generator: { name: generator.name, version: generator.version },
    placement: target.placement,
    ...listFiles(plan.approaches),
    dashboards: tools.dashboards,
    postgresVersion: target.database?.version,
    engineVersion: target.engineVersion,
  });
  const results = createResults(tools.resultsRoot, environment);
  const bench: Bench = { ...settings, run, dataRoot: root, generator, target, live: tools.live, signal };
  tools.live?.startRun(environment, plan.workloads);
  const trials = listTrials(plan);
  tools.onReady(trials.length);
  const measurements: Measurement[] = [];
  for (const [index, trial] of trials.entries()) {
    const blocks = trial.block - 1;
    const beginsBlock = blocks > (trials[index - 1]?.block ?? 1) - 1;
    if (
      beginsBlock &&
      plan.precision !== undefined &&
      isPreciseEnough(measurements, blocks, plan.precision)
    ) {
      tools.onPrecise(blocks);
      break;
    }
    const { measurement, raw } = await runTrial(bench, trial, index + 1).catch((error) => {
      throw signal.aborted ? new RunStopped(results.path, index) : error;
    });
    results.append(measurement, raw);
    measurements.push(measurement);
    tools.onTrial(measurement);
  }
  return results.path;
}

function listFiles(approaches: Approaches): Pick<Environment, "approachFiles"> {
  const files = Object.entries(approaches).flatMap(([name, { file }]) => (file ? [[name, file]] : []));
  return files.length === 0 ? {} : { approachFiles: Object.fromEntries(files) };
}

/** The run was stopped from outside; what it had finished is in `results`. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly results: string;

  constructor(results: string, finishedTrials: number) {
    super(
      finishedTrials === 0 ? "stopped before the first trial" : `stopped; finished trials are in ${results}`,
    );
    this.results = results;
  }
}
