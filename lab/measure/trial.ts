// Runs one trial: a fresh service on its data, a load on it, and what was seen.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { workloads } from "../../k6/lib/workloads.ts";
import { type Approach, approaches } from "../../services/approaches/index.ts";
import { databaseOf, dataFolderOf } from "../data/prepare.ts";
import { copyDatabase, dropDatabase } from "../data/prepare-database.ts";
import type { LoadGenerator } from "../load/generator.ts";
import { canPin } from "../targets/child.ts";
import type { PostgresServer } from "../targets/postgres-server.ts";
import { readCpuMicros } from "../targets/process-cpu.ts";
import { type RunningService, startService } from "../targets/service.ts";
import { deriveFigures, NOTHING_MEASURED, type Usage } from "./figures.ts";
import type { Measurement } from "./measurement.ts";
import type { Placement } from "./placement.ts";
import type { Trial } from "./plan.ts";

const SCRATCH = "scratch";

/** What the trials of a run have in common. */
export interface Bench {
  readonly dataRoot: string;
  readonly size: number;
  readonly dataSeed: number;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly waitLimitMs: number;
  readonly generator: LoadGenerator;
  readonly placement: Placement;
  /** Running when an approach of the plan needs it. */
  readonly postgres: PostgresServer | null;
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
  const { durability, stores }: Approach = approaches[trial.approach];
  const common = {
    approach: trial.approach,
    workload: trial.workload,
    size: bench.size,
    block: trial.block,
    trial: position,
    startedAt,
    durability,
    generator: bench.generator.name,
    connections: bench.connections,
  };
  try {
    bench.signal.throwIfAborted();
    await using data = await layOutData(bench, trial);
    await using service = await startService({
      ...data,
      approach: trial.approach,
      cpus: bench.placement.service,
      signal: bench.signal,
    });
    const before = { usage: await readUsage(bench, service) };
    const load = {
      host: service.host,
      port: service.port,
      workload: trial.workload,
      seed: trial.seed,
      storesUsers: stores,
      size: bench.size,
      dataSeed: bench.dataSeed,
      connections: bench.connections,
      warmupMs: bench.warmupMs,
      durationMs: bench.durationMs,
      waitLimitMs: bench.waitLimitMs,
    };
    const report = await bench.generator.run(load, {
      cpus: bench.placement.generator,
      signal: bench.signal,
      beforeMeasuring: async () => {
        before.usage = await readUsage(bench, service);
      },
    });
    const after = await readUsage(bench, service);
    const { service: serviceCores, database: databaseCores } = bench.placement;
    const figures = deriveFigures(report, before.usage, after, {
      isUsed: data.databaseUrl !== undefined,
      sharesCore: canPin() && databaseCores.some((core) => serviceCores.includes(core)),
    });
    return { measurement: { ...common, startupMs: service.startupMs, ...figures }, raw: report.raw };
  } catch (error) {
    bench.signal.throwIfAborted();
    return { measurement: { ...common, ...NOTHING_MEASURED, error: (error as Error).message }, raw: "" };
  }
}

async function readUsage({ postgres }: Bench, service: RunningService): Promise<Usage> {
  if (!service.isRunning()) throw new Error(`the service ended: ${service.log().trim()}`);
  const databaseCpuMicros = postgres === null ? 0 : readCpuMicros(postgres.pid);
  return { ...(await service.readUsage()), databaseCpuMicros };
}

/** Where the service finds its users. A workload that writes gets a copy, so that no trial changes another's data. */
async function layOutData({ dataRoot, size, postgres }: Bench, { approach, workload }: Trial) {
  const { needs }: Approach = approaches[approach];
  const needsDatabase = needs.includes("database");
  const folder = dataFolderOf(dataRoot, size, approach);
  const database = databaseOf(size);
  if (needsDatabase && postgres === null) throw new Error(`${approach} needs a database server`);
  const urlOf = (name: string) => (needsDatabase ? postgres?.urlOf(name) : undefined);
  if (!workloads[workload].writes) {
    return { dataDir: folder, databaseUrl: urlOf(database), async [Symbol.asyncDispose]() {} };
  }
  const scratchFolder = join(dataRoot, SCRATCH);
  rmSync(scratchFolder, { recursive: true, force: true });
  cpSync(folder, scratchFolder, { recursive: true });
  if (needsDatabase && postgres) await copyDatabase(postgres.urlOf, database, SCRATCH);
  return {
    dataDir: scratchFolder,
    databaseUrl: urlOf(SCRATCH),
    async [Symbol.asyncDispose]() {
      rmSync(scratchFolder, { recursive: true, force: true });
      if (needsDatabase && postgres) await dropDatabase(postgres.urlOf, SCRATCH);
    },
  };
}
