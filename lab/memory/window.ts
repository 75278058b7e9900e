// A window of load on a service under a limit of memory, with nothing of its files in memory or with what has room.
import { setTimeout as sleep } from "node:timers/promises";
import { builtin } from "../load/builtin.ts";
import type { LoadReport } from "../load/generator.ts";
import { readSystemText } from "../machine/system-text.ts";
import type { NativeService } from "../targets/native-service.ts";
import type { Placement } from "../targets/placement.ts";
import type { ControlGroup } from "./control-group.ts";
import { readIn } from "./data-files.ts";
import { sumFetches } from "./fetches.ts";
import type { GroupPlace } from "./group-files.ts";
import type { MemoryTrial } from "./plan.ts";
import type { MemoryWindow } from "./record.ts";

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

/** What a window is measured with. */
export interface Scene extends MemoryStage {
  readonly trial: MemoryTrial;
  readonly group: ControlGroup;
  /** Those of the data that are worth reading. */
  readonly files: readonly string[];
}

/** The load before a cold window lets the code be compiled; that before a warm one lets the memory keep what is asked for
 * often. */
export const WINDOWS = [
  { cache: "cold", warmupMs: 1_500, durationMs: 1_000 },
  { cache: "warm", warmupMs: 2_000, durationMs: 3_000 },
] as const;
/** A scan of a gigabyte on a busy machine takes a minute; what takes longer than this hangs. */
const WAIT_LIMIT_MS = 120_000;
/** The system tells of a process's end a moment after its connections have broken. */
const END_TOLD_MS = 500;

/** Returns what was measured, or why nothing could be. */
export async function measureWindow(
  { cache, warmupMs, durationMs }: (typeof WINDOWS)[number],
  service: NativeService,
  { group, files, trial, dataSeed, seed, connections, placement, signal }: Scene,
): Promise<MemoryWindow | Error> {
  if (cache === "warm") await readIn(group, files, signal);
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
