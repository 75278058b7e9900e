// Runs under a limit of memory that nobody has made, for tests of what is made of them.
import type { MemoryRecord, MemoryTrialRecord, MemoryWindow } from "../../lab/memory/record.ts";
import { environment } from "./measurements.ts";

export const memoryWindowWith = (fields: Partial<MemoryWindow>): MemoryWindow => ({
  cache: "warm",
  requests: 2_000,
  errors: {},
  unfinished: 0,
  windowMs: 1_000,
  p50Ms: 2,
  p99Ms: 9,
  minorFaults: 50,
  majorFaults: 0,
  diskBytes: 4_096_000,
  refaults: 100,
  ...fields,
});

export const memoryTrialWith = (fields: Partial<MemoryTrialRecord>): MemoryTrialRecord => ({
  block: 1,
  approach: "map",
  size: 7_600_000,
  dataBytes: 2 ** 30,
  startupMs: 300,
  end: null,
  windows: [memoryWindowWith({})],
  memory: { anonBytes: 50e6, sharedBytes: 0, cacheBytes: 150e6 },
  peakBytes: 2 ** 28,
  oomKills: 0,
  warmFiles: [],
  ...fields,
});

export const memoryWith = (...trials: MemoryTrialRecord[]): MemoryRecord => {
  const { machine, disk, commit, isDirty, lockFileSha256 } = environment;
  return {
    run: "memory-2026-01-02T03-04-05",
    startedAt: "2026-01-02T03:04:05.000Z",
    endedAt: "2026-01-02T03:14:05.000Z",
    command: "npm run memory -- --limit 256MiB",
    limitBytes: 2 ** 28,
    cgroupVersion: 1,
    sizes: [...new Set(trials.map(({ size }) => size))],
    blocks: new Set(trials.map(({ block }) => block)).size,
    seed: 7,
    dataSeed: 1,
    connections: 2,
    ...{ machine, disk, commit, isDirty, lockFileSha256 },
    software: {},
    trials,
  };
};
