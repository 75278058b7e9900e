// One run of the bench: data, a server for those who need one, every trial of the plan, a folder of results.

import { type Workload, type WorkloadName, workloads } from "../../k6/lib/workloads.ts";
import type { Approaches } from "../../services/approaches/approach.ts";
import type { Level } from "../../services/storage/user-store.ts";
import { dataFolderOf, takesOrders } from "../data/data-places.ts";
import { lockData } from "../data/lock.ts";
import type { OwnRecords } from "../data/own-records.ts";
import { readFolder } from "../data/page-cache.ts";
import { prepareData } from "../data/prepare.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { Target } from "../targets/target.ts";
import { conductTrials, listTrials, type MakeTrial } from "./conduct-trials.ts";
import { countCells } from "./count-requests.ts";
import { describeEnvironment } from "./environment.ts";
import { asInForce } from "./levels.ts";
import type { LiveMetrics } from "./live-metrics.ts";
import type { Measurement } from "./measurement.ts";
import { listClosedCells } from "./plan.ts";
import type { RequestCounts } from "./request-counts.ts";
import { createResults, nameRun } from "./results.ts";
import { runTrial } from "./trial.ts";

/** What a run is asked to do. */
export interface RunPlan {
  readonly size: number;
  readonly dataSeed: number;
  /** A person's own records, which take the place of the seeded users. */
  readonly records?: OwnRecords;
  readonly approaches: Approaches;
  readonly workloads: readonly WorkloadName[];
  /** How many are made; with `precision`, at most. */
  readonly blocks: number;
  /** The run ends before that when the intervals of all ratios are as narrow as this part of them. */
  readonly precision?: number;
  /** "open" measures what each approach can do under a closed load first, and then latency at constant rates. */
  readonly load: "closed" | "open";
  /** Of an open load: the rate that all approaches are asked at; without it half of what the slowest can do. */
  readonly rateRequestsPerSecond?: number;
  /** The level that all approaches keep their writes at. */
  readonly durability: Level;
  readonly seed: number;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly waitLimitMs: number;
  /** Whether system calls are counted, after the trials. */
  readonly countsCalls: boolean;
  /** The command that repeats the run. */
  readonly command: string;
}

/** Where a run finds and puts things, and who hears of it. */
export interface RunTools {
  readonly dataRoot: string;
  readonly resultsRoot: string;
  readonly generator: LoadGenerator;
  /** All generators at hand, cheapest first: where the run's own was the limit, a trial is made again. */
  readonly generators: readonly LoadGenerator[];
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
  readonly onCounts: (counts: RequestCounts) => void;
  /** Called with what could not be counted, and why. */
  readonly onNotCounted: (why: string) => void;
}

/** Makes a run. Whatever ends it, its services and its server are stopped and its finished trials kept.
 * @returns the folder of the results */
export async function runBench(asked: RunPlan, tools: RunTools): Promise<string> {
  using _lock = lockData(tools.dataRoot);
  const startedAt = new Date();
  const root = tools.dataRoot;
  await using target = await tools.openTarget();
  const needsOrders = asked.workloads.some((name) => (workloads[name] as Workload).needsOrders);
  const dataSha256 = await prepareData({
    root,
    size: asked.size,
    seed: asked.dataSeed,
    approaches: asked.approaches,
    orders: needsOrders,
    records: asked.records,
    databaseUrlOf: target.database?.urlOf,
    onProgress: tools.onPreparing,
    signal: tools.signal,
  });
  for (const [name, row] of Object.entries(asked.approaches))
    for (const hasOrders of needsOrders && takesOrders(row) ? [false, true] : [false])
      await readFolder(dataFolderOf(root, asked.size, name, hasOrders), tools.signal);
  tools.signal.throwIfAborted();

  const { signal } = tools;
  const { countsCalls, ...told } = asked;
  const described = await describeEnvironment(
    {
      ...told,
      run: nameRun(startedAt, asked.size),
      startedAt: startedAt.toISOString(),
      endedAt: null,
      pageCache: "warmed",
      dataSha256,
      dashboards: tools.dashboards,
    },
    { ...tools, target },
  );
  const plan = { ...asked, approaches: asInForce(asked.approaches, asked.durability, described.stores) };
  const results = createResults(tools.resultsRoot, described);
  const { environment } = results;
  const bench = { ...plan, run: environment.run, dataRoot: root, target, live: tools.live, signal };
  tools.live?.startRun(environment, plan.workloads);
  const { closed, open } = listTrials(plan);
  tools.onReady(closed.length + open.length);
  let made = 0;
  const make: MakeTrial = async (trial, generator) => {
    const { measurement, raw } = await runTrial({ ...bench, generator }, trial, made + 1).catch((error) => {
      throw signal.aborted ? new RunStopped(results.path, made) : error;
    });
    made++;
    results.append(measurement, raw);
    tools.onTrial(measurement);
    return measurement;
  };
  await conductTrials(plan, { ...tools, make });
  results.end(new Date());
  if (countsCalls) {
    const counts = await countCells(bench, listClosedCells(plan), tools).catch((error) => {
      throw signal.aborted ? new RunStopped(results.path, made) : error;
    });
    if (counts.length > 0) results.writeCounts(counts);
  }
  return results.path;
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
