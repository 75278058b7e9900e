// One approach with so many users and so much memory: does it start, and how does it answer with nothing of its files in
// memory, and with what fits.
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { databaseOf, dataFolderOf } from "../data/prepare.ts";
import { builtin } from "../load/builtin.ts";
import type { LoadReport } from "../load/generator.ts";
import { readSystemText } from "../machine/system-text.ts";
import { type NativeService, StartError, startService } from "../targets/native-service.ts";
import type { Placement } from "../targets/placement.ts";
import { type ControlGroup, makeControlGroup } from "./control-group.ts";
import {
  dropFiles,
  findDatabaseFolder,
  listLargeFiles,
  listServerFiles,
  readIn,
  startDatabaseIn,
} from "./data-files.ts";
import { sumFetches } from "./fetches.ts";
import type { GroupPlace } from "./group-files.ts";
import type { MemoryTrial } from "./plan.ts";
import { tellEnd } from "./process-end.ts";
import type { MemoryTrialRecord, MemoryWindow } from "./record.ts";

export interface MemoryStage {
  readonly place: GroupPlace;
  readonly limitBytes: number;
  readonly dataRoot: string;
  readonly dataSeed: number;
  /** Seed of the choice of keys. */
  readonly seed: number;
  readonly connections: number;
  readonly placement: Placement;
  readonly signal: AbortSignal;
}

/** The load before a cold window lets the code be compiled; that before a warm one lets the memory keep what is asked for
 * often. */
const WINDOWS = [
  { cache: "cold", warmupMs: 1_500, durationMs: 1_000 },
  { cache: "warm", warmupMs: 2_000, durationMs: 3_000 },
] as const;
const WAIT_LIMIT_MS = 60_000;
/** The system tells of a process's end a moment after its connections have broken. */
const END_TOLD_MS = 500;

interface Scene extends MemoryStage {
  readonly trial: MemoryTrial;
  readonly group: ControlGroup;
  /** Those of the data that are worth reading. */
  readonly files: readonly string[];
}

/** What became of the service. */
type Course = Pick<MemoryTrialRecord, "startupMs" | "end" | "windows" | "memory">;

export async function runMemoryTrial(trial: MemoryTrial, stage: MemoryStage): Promise<MemoryTrialRecord> {
  const { approach, row, size, block } = trial;
  const { dataRoot, signal } = stage;
  signal.throwIfAborted();
  const needsDatabase = row.needs.includes("database");
  const dataDir = dataFolderOf(dataRoot, size, approach);
  const serverFiles = needsDatabase ? await listServerFiles(dataRoot) : [];
  const warmFiles = dropFiles([...listLargeFiles(dataDir), ...serverFiles]);
  await using group = makeControlGroup(stage.place, stage.limitBytes);
  await using database = needsDatabase ? await startDatabaseIn(group, dataRoot) : null;
  const databaseUrl = database?.urlOf(databaseOf(size));
  const databaseFolder = databaseUrl && (await findDatabaseFolder(databaseUrl));
  const ofDatabase = serverFiles.filter((file) => basename(dirname(file)) === databaseFolder);
  const files = [...listLargeFiles(dataDir), ...ofDatabase];
  const order = {
    approach,
    approachFile: row.file?.path,
    dataDir,
    databaseUrl,
    runner: [...group.enter, process.execPath],
    cpus: stage.placement.service,
    signal,
  };
  const course = await follow(order, { ...stage, group, files, trial });
  const { peakBytes, oomKills } = group.readFigures();
  const { size: dataBytes } = statSync(join(dataFolderOf(dataRoot, size, "seeded"), "users.jsonl"));
  return { block, approach, size, dataBytes, ...course, peakBytes, oomKills, warmFiles };
}

async function follow(order: Parameters<typeof startService>[0], scene: Scene): Promise<Course> {
  const { group, files, signal } = scene;
  const startedMs = performance.now();
  const since = () => performance.now() - startedMs;
  const windows: MemoryWindow[] = [];
  let startupMs: number | null = null;
  const endWith = (end: Omit<NonNullable<Course["end"]>, "afterMs">): Course => ({
    startupMs,
    end: { ...end, afterMs: since() },
    windows,
    memory: null,
  });
  const oomKills = () => group.readFigures().oomKills;
  try {
    await using service = await startService(order);
    startupMs = service.startupMs;
    for (const window of WINDOWS) {
      if (window.cache === "warm") await readIn(group, files, signal);
      const measured = await measureWindow(window, service, scene);
      const end = service.readEnd();
      if (end !== null) return endWith(tellEnd({ ...end, log: service.readLog(), oomKills: oomKills() }));
      if (measured instanceof Error) return endWith({ cause: "failed", words: measured.message });
      windows.push(measured);
    }
    const { anonBytes, sharedBytes, cacheBytes } = group.readFigures();
    return { startupMs, end: null, windows, memory: { anonBytes, sharedBytes, cacheBytes } };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    if (error.end === null) return endWith({ cause: "hung", words: (error.cause as Error).message });
    return endWith(tellEnd({ ...error.end, log: error.log, oomKills: oomKills() }));
  }
}

/** Returns what was measured, or why nothing could be. */
async function measureWindow(
  { cache, warmupMs, durationMs }: (typeof WINDOWS)[number],
  service: NativeService,
  { group, trial, dataSeed, seed, connections, placement, signal }: Scene,
): Promise<MemoryWindow | Error> {
  const { size, row } = trial;
  const read = () => ({
    ...sumFetches(group.listProcesses(), readSystemText),
    refaults: group.readFigures().refaults,
  });
  let before = read();
  const beforeMeasuring = async () => {
    if (cache === "cold") group.dropCache();
    before = read();
  };
  const { host, port } = service;
  const load = {
    ...{ host, port, size, dataSeed, seed, connections, warmupMs, durationMs },
    ...{ workload: "read" as const, storesUsers: row.stores, waitLimitMs: WAIT_LIMIT_MS },
  };
  let report: LoadReport;
  try {
    report = await builtin.run(load, { cpus: placement.generator, beforeMeasuring, signal });
  } catch (error) {
    signal.throwIfAborted();
    await sleep(END_TOLD_MS);
    return error as Error;
  }
  if (Object.keys(report.errors).length > 0) await sleep(END_TOLD_MS);
  const after = read();
  const { requests, errors, unfinished, windowMs, latencyMs } = report;
  const grownBy = (name: keyof typeof after) => Math.max(0, after[name] - before[name]);
  return {
    ...{ cache, requests, errors, unfinished, windowMs, p50Ms: latencyMs.p50, p99Ms: latencyMs.p99 },
    minorFaults: grownBy("minorFaults"),
    majorFaults: grownBy("majorFaults"),
    diskBytes: grownBy("diskBytes"),
    refaults: grownBy("refaults"),
  };
}
