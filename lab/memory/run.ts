// One run under a limit of memory: data for every size, every trial, and a folder of results.

import { basename } from "node:path";
import type { Approaches } from "../../services/approaches/approach.ts";
import { dataFolderOf } from "../data/data-places.ts";
import { assertDiskHolds, DISK_BYTES_PER_USER } from "../data/disk-room.ts";
import { isOf, readManifest } from "../data/manifest.ts";
import { makeOwnedFolder } from "../data/ownership.ts";
import { prepareData } from "../data/prepare.ts";
import { describeDisk } from "../machine/disk.ts";
import { describeMachine } from "../machine/machine.ts";
import { describeSources } from "../measure/sources.ts";
import { canPin } from "../targets/child.ts";
import { openDatabaseFor } from "../targets/database-for.ts";
import { placeOnCores, readAllowedCores } from "../targets/placement.ts";
import type { GroupPlace } from "./group-files.ts";
import { type MemoryTrial, planTrials } from "./plan.ts";
import { type MemoryRecord, type MemoryTrialRecord, memoryRecords } from "./record.ts";
import { runMemoryTrial } from "./trial.ts";

export interface MemoryPlan {
  readonly approaches: Approaches;
  readonly limitBytes: number;
  /** Users, ascending. */
  readonly sizes: readonly number[];
  readonly blocks: number;
  readonly seed: number;
  readonly dataSeed: number;
  /** The command that repeats the run. */
  readonly command: string;
}

export interface MemoryTools {
  readonly place: GroupPlace;
  readonly dataRoot: string;
  readonly resultsRoot: string;
  readonly signal: AbortSignal;
  readonly onPreparing: (what: string, done: number, total: number) => void;
  readonly onTrial: (trial: MemoryTrial, done: number, total: number) => void;
  readonly onMeasured: (measured: MemoryTrialRecord) => void;
}

/** Few, so that a latency is what a request takes and not what it stands in line for; more than one, so that the service has
 * something to do while it waits for a disk. */
const CONNECTIONS = 2;

/** Makes a run. Whatever ends it, its processes are ended, its groups removed, and what was measured is kept.
 * @returns also of a run that was stopped: its `endedAt` is null */
export async function runMemory(
  plan: MemoryPlan,
  tools: MemoryTools,
): Promise<{ readonly path: string; readonly record: MemoryRecord }> {
  await prepareAll(plan, tools);
  const { limitBytes, sizes, blocks, seed, dataSeed, command } = plan;
  const startedAt = new Date();
  const path = memoryRecords.createFolder(tools.resultsRoot, startedAt);
  const trials: MemoryTrialRecord[] = [];
  const described = {
    ...{
      run: basename(path),
      startedAt: startedAt.toISOString(),
      command,
      limitBytes,
      sizes,
      blocks,
      seed,
      dataSeed,
    },
    cgroupVersion: tools.place.version,
    connections: CONNECTIONS,
    machine: describeMachine(),
    disk: describeDisk(tools.dataRoot),
    software: {
      node: process.versions.node,
      v8: process.versions.v8,
      sqlite: process.versions.sqlite as string,
    },
    ...describeSources(),
  };
  const save = (endedAt: Date | null): MemoryRecord => {
    const record = { ...described, endedAt: endedAt?.toISOString() ?? null, trials };
    memoryRecords.write(path, record);
    return record;
  };
  save(null);
  const placement = placeOnCores(canPin() ? readAllowedCores() : []);
  const stage = { ...tools, limitBytes, seed, dataSeed, connections: CONNECTIONS, placement };
  const planned = planTrials(plan);
  try {
    for (const [done, trial] of planned.entries()) {
      tools.onTrial(trial, done, planned.length);
      const measured = await runMemoryTrial(trial, stage);
      trials.push(measured);
      save(null);
      tools.onMeasured(measured);
    }
  } catch (error) {
    if (!tools.signal.aborted) throw error;
    return { path, record: save(null) };
  }
  return { path, record: save(new Date()) };
}

/** Makes the data of every size. The server that this takes is stopped again. */
async function prepareAll(
  plan: MemoryPlan,
  { dataRoot: root, signal, onPreparing }: MemoryTools,
): Promise<void> {
  const { approaches, sizes, dataSeed: seed } = plan;
  makeOwnedFolder(root);
  const names = Object.keys(approaches);
  const missing = sizes.filter((size) =>
    names.some((name) => !isOf(readManifest(dataFolderOf(root, size, name)), { size, seed })),
  );
  const users = missing.reduce((sum, size) => sum + size, 0);
  if (users > 0) await assertDiskHolds(root, users, DISK_BYTES_PER_USER);
  await using database = await openDatabaseFor(approaches, { root });
  for (const size of sizes)
    await prepareData({
      ...{ root, approaches, size, seed, signal },
      databaseUrlOf: database?.urlOf,
      onProgress: (what, done, total) => onPreparing(`${size} users: ${what}`, done, total),
    });
}
