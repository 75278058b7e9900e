// What the machine was like beside a trial: what fixed work took, and what others took from us.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { mix32 } from "../../k6/lib/random.ts";
import { readSystemText } from "../machine/system-text.ts";
import { TICK_MICROS } from "../targets/process-cpu.ts";

/** About ten milliseconds of one core. */
const CANARY_ROUNDS = 2_000_000;
const FSYNC_BYTES = 4_096;

/** One look at the machine. Null where the system does not say. */
export interface Mood {
  /** What a fixed piece of pure CPU work took. */
  readonly canaryMs: number;
  /** What writing and syncing four kilobytes took. */
  readonly fsyncMs: number;
  /** Time that the hypervisor gave to others, of all cores, since the system started. */
  readonly stealMicros: number | null;
  /** Time in which somebody waited for a core, since the system started (Linux's pressure stall information). */
  readonly cpuPressureMicros: number | null;
}

/** What two looks say of the time between them. */
export interface MoodFigures {
  /** The slower of the two. */
  readonly canaryMs: number;
  readonly fsyncMs: number;
  /** As parts of one core's time between the looks; absent where the system does not say. */
  readonly stealShare?: number;
  readonly cpuPressureShare?: number;
}

/** Looks at the machine. @param folder where the synced file is written and removed */
export function readMood(folder: string): Mood {
  return {
    canaryMs: timeCanary(),
    fsyncMs: timeFsync(join(folder, `.canary-${process.pid}`)),
    stealMicros: parseSteal(readSystemText("/proc/stat")),
    cpuPressureMicros: parsePressure(readSystemText("/proc/pressure/cpu")),
  };
}

/** @param elapsedMs between the looks */
export function compareMoods(before: Mood, after: Mood, elapsedMs: number): MoodFigures {
  const share = (from: number | null, to: number | null) =>
    from === null || to === null ? undefined : (to - from) / 1000 / elapsedMs;
  const stealShare = share(before.stealMicros, after.stealMicros);
  const cpuPressureShare = share(before.cpuPressureMicros, after.cpuPressureMicros);
  return {
    canaryMs: Math.max(before.canaryMs, after.canaryMs),
    fsyncMs: Math.max(before.fsyncMs, after.fsyncMs),
    ...(stealShare !== undefined && { stealShare }),
    ...(cpuPressureShare !== undefined && { cpuPressureShare }),
  };
}

let isWarm = false;

function timeCanary(): number {
  // The first time would measure the compiler.
  if (!isWarm) workFixedly();
  isWarm = true;
  const startedMs = performance.now();
  workFixedly();
  return performance.now() - startedMs;
}

function workFixedly(): number {
  let value = 1;
  for (let round = 0; round < CANARY_ROUNDS; round++) value = mix32(value + round);
  return value;
}

function timeFsync(file: string): number {
  const fd = openSync(file, "w");
  try {
    const startedMs = performance.now();
    writeSync(fd, Buffer.alloc(FSYNC_BYTES, 1));
    fdatasyncSync(fd);
    return performance.now() - startedMs;
  } finally {
    closeSync(fd);
    rmSync(file, { force: true });
  }
}

/** Reads the eighth figure of the line "cpu" of /proc/stat. */
export function parseSteal(stat: string | null): number | null {
  const ticks = /^cpu +(?:\d+ +){7}(\d+)/m.exec(stat ?? "")?.[1];
  return ticks === undefined ? null : Number(ticks) * TICK_MICROS;
}

/** Reads the total of the line "some" of /proc/pressure/cpu. */
export function parsePressure(pressure: string | null): number | null {
  const total = /^some .*\btotal=(\d+)/m.exec(pressure ?? "")?.[1];
  return total === undefined ? null : Number(total);
}
