// Runs one trial: a fresh service on its data, a load on it, and what was seen.
import { availableParallelism } from "node:os";
import type { Level } from "../../services/storage/user-store.ts";
import { seededFileOf } from "../data/data-places.ts";
import type { OwnRecords } from "../data/own-records.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { RunningService } from "../targets/service.ts";
import type { Target } from "../targets/target.ts";
import { deriveFigures, NOTHING_MEASURED, type Usage } from "./figures.ts";
import type { LiveMetrics, TrialLabels } from "./live-metrics.ts";
import type { Measurement } from "./measurement.ts";
import { compareMoods, readMood } from "./mood.ts";
import type { Trial } from "./plan.ts";
import { layOutData } from "./trial-data.ts";

/** What the trials of a run have in common. */
export interface Bench {
  /** Name of the run. */
  readonly run: string;
  readonly dataRoot: string;
  readonly size: number;
  readonly dataSeed: number;
  /** A person's own records, where they are what is stored. */
  readonly records?: OwnRecords;
  /** The level that services keep their writes at; the lesson's where it is left out. */
  readonly durability?: Level;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly waitLimitMs: number;
  readonly generator: LoadGenerator;
  readonly target: Target;
  readonly live: LiveMetrics | null;
  readonly signal: AbortSignal;
}

export interface TrialResult {
  readonly measurement: Measurement;
  /** The load generator's own output, to keep; empty when there was none. */
  readonly raw: string;
}

/** Runs a trial. A failure of the service or the load is a result with an error; only a stop of the run throws. */
export async function runTrial(bench: Bench, trial: Trial, position: number): Promise<TrialResult> {
  const startedAt = new Date().toISOString();
  const { durability, stores } = trial.row;
  const common = {
    approach: trial.approach,
    workload: trial.workload,
    size: bench.size,
    block: trial.block,
    trial: position,
    load: trial.rate === undefined ? ("closed" as const) : ("open" as const),
    ...(trial.rate && { rate: trial.rate.name, targetRequestsPerSecond: trial.rate.requestsPerSecond }),
    ...(trial.isAgain && { isAgain: trial.isAgain }),
    startedAt,
    durability,
    ...(!stores && { storesNothing: true as const }),
    generator: bench.generator.name,
    connections: bench.generator.countConnections({
      connections: bench.connections,
      ...(trial.rate && { requestsPerSecond: trial.rate.requestsPerSecond }),
    }),
  };
  const labels = labelTrial(bench, trial, position);
  const record = (figures: Omit<Measurement, keyof typeof common | "endedAt">, raw = ""): TrialResult => {
    const measurement = { ...common, endedAt: new Date().toISOString(), ...figures };
    bench.live?.endTrial(labels, measurement);
    return { measurement, raw };
  };
  try {
    bench.signal.throwIfAborted();
    const lookedMs = performance.now();
    const moodBefore = readMood(bench.dataRoot);
    await using data = await layOutData(bench, trial);
    await using service = await bench.target.start({
      ...data,
      approach: trial.approach,
      approachFile: trial.row.file?.path,
      ...(bench.durability && { durability: bench.durability }),
      ...(bench.records && { maxNameCharacters: bench.records.longestRecord }),
      signal: bench.signal,
    });
    const before = { usage: await readUsage(bench, service), atMs: performance.now() };
    const load = {
      host: service.host,
      port: service.port,
      workload: trial.workload,
      seed: trial.seed,
      storesUsers: stores,
      size: bench.size,
      dataSeed: bench.dataSeed,
      ...(bench.records && { usersFile: seededFileOf(bench.dataRoot, bench.size) }),
      connections: bench.connections,
      warmupMs: bench.warmupMs,
      durationMs: bench.durationMs,
      waitLimitMs: bench.waitLimitMs,
      ...(trial.rate && { requestsPerSecond: trial.rate.requestsPerSecond }),
    };
    const cpus = chooseGeneratorCores(bench);
    const report = await bench.generator.run(load, {
      cpus,
      labels,
      signal: bench.signal,
      beforeMeasuring: async () => {
        before.usage = await readUsage(bench, service);
        bench.live?.openWindow(labels);
        before.atMs = performance.now();
      },
    });
    const elapsedMs = performance.now() - before.atMs;
    bench.live?.closeWindow(labels);
    const after = await readUsage(bench, service);
    const { placement } = bench.target;
    const figures = deriveFigures(report, before.usage, after, {
      ...load,
      generator: bench.generator.name,
      elapsedMs,
      dropsUnfinished: bench.generator.dropsUnfinished,
      generatorCores: cpus.length || (bench.generator.usesManyCores ? availableParallelism() : 1),
      usesDatabase: data.database !== undefined,
      databaseSharesCore: placement.database.some((core) => placement.service.includes(core)),
    });
    const mood = compareMoods(moodBefore, readMood(bench.dataRoot), performance.now() - lookedMs);
    return record({ startupMs: service.startupMs, ...figures, ...mood }, report.raw);
  } catch (error) {
    bench.signal.throwIfAborted();
    return record({ ...NOTHING_MEASURED, error: (error as Error).message });
  }
}

/** A generator that uses one core is bound to one: others would only make it wander. */
function chooseGeneratorCores({ generator, target }: Bench): readonly number[] {
  return generator.usesManyCores ? target.placement.generator : target.placement.generator.slice(0, 1);
}

/** Names a trial for those who watch. */
function labelTrial({ run, size }: Pick<Bench, "run" | "size">, trial: Trial, position: number): TrialLabels {
  const { approach, workload, rate } = trial;
  // Open and closed loads are never mixed in one figure.
  const load = rate === undefined ? workload : `${workload}, open, ${rate.name}`;
  return { run, size: String(size), workload: load, approach, trial: String(position) };
}

async function readUsage({ target }: Bench, service: RunningService): Promise<Usage> {
  if (!(await service.isRunning())) throw new Error(`the service ended: ${(await service.readLog()).trim()}`);
  const databaseCpuMicros = (await target.database?.readCpuMicros()) ?? 0;
  return { ...(await service.readUsage()), databaseCpuMicros };
}
