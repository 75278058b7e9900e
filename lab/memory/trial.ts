// One approach with so many users and so much memory: does it start, and how does it answer with nothing of its files in
// memory, and with what fits.
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { databaseOf, dataFolderOf } from "../data/data-places.ts";
import { StartError, startService } from "../targets/native-service.ts";
import { makeControlGroup } from "./control-group.ts";
import {
  dropFiles,
  findDatabaseFolder,
  listLargeFiles,
  listServerFiles,
  startDatabaseIn,
} from "./data-files.ts";
import type { MemoryTrial } from "./plan.ts";
import { tellEnd } from "./process-end.ts";
import type { MemoryTrialRecord, MemoryWindow } from "./record.ts";
import { type MemoryStage, measureWindow, type Scene, WINDOWS } from "./window.ts";

/** A trial without what was planned of it. */
type Measured = Omit<MemoryTrialRecord, "block" | "approach" | "size" | "dataBytes">;

/** What became of the service. */
type Course = Pick<MemoryTrialRecord, "startupMs" | "end" | "windows" | "memory">;

/** Makes a trial. One that cannot be made says why, and is no reason not to make the others. */
export async function runMemoryTrial(trial: MemoryTrial, stage: MemoryStage): Promise<MemoryTrialRecord> {
  const { approach, size, block } = trial;
  stage.signal.throwIfAborted();
  const startedMs = performance.now();
  const { size: dataBytes } = statSync(join(dataFolderOf(stage.dataRoot, size, "seeded"), "users.jsonl"));
  const measured = await measure(trial, stage).catch((error: Error): Measured => {
    stage.signal.throwIfAborted();
    const end = { cause: "failed" as const, words: error.message, afterMs: performance.now() - startedMs };
    return { startupMs: null, end, windows: [], memory: null, peakBytes: 0, oomKills: 0, warmFiles: [] };
  });
  return { block, approach, size, dataBytes, ...measured };
}

async function measure(trial: MemoryTrial, stage: MemoryStage): Promise<Measured> {
  const { approach, row, size } = trial;
  const { dataRoot, signal } = stage;
  const needsDatabase = row.needs.includes("database");
  const dataDir = dataFolderOf(dataRoot, size, approach);
  const serverFiles = needsDatabase ? await listServerFiles(dataRoot) : [];
  const warmFiles = dropFiles([...listLargeFiles(dataDir), ...serverFiles]);
  await using group = makeControlGroup(stage.place, stage.limitBytes);
  await using database = needsDatabase ? await startDatabaseIn(group, dataRoot) : null;
  const databaseUrl = database?.urlOf(databaseOf(size, row));
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
  return { ...course, peakBytes, oomKills, warmFiles };
}

async function follow(order: Parameters<typeof startService>[0], scene: Scene): Promise<Course> {
  const { group } = scene;
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
