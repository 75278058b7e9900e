import type { Environment } from "../../lab/measure/environment.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { RequestCounts } from "../../lab/measure/request-counts.ts";

/** A measurement that is plausible, with what a test wants to be different. */
export function measurementWith(fields: Partial<Measurement> = {}): Measurement {
  return {
    approach: "map",
    workload: "read",
    size: 10_000,
    block: 1,
    trial: 1,
    load: "closed",
    startedAt: "2026-01-02T03:04:05.678Z",
    endedAt: "2026-01-02T03:04:09.678Z",
    requests: 20_000,
    errors: 0,
    errorKinds: {},
    unfinished: 0,
    droppedIterations: 0,
    windowMs: 2_000,
    requestsPerSecond: 10_000,
    latencyMs: { mean: 5, p50: 4, p90: 8, p99: 12, p999: 15, max: 20 },
    serverCpuMicrosPerRequest: 95,
    serverCpuShare: 0.95,
    generatorCpuShare: 0.4,
    generatorCpuMicrosPerRequest: 40,
    serverRssBytes: 100e6,
    busyConnections: 50,
    startupMs: 300,
    durability: "process",
    generator: "builtin",
    connections: 50,
    verdict: "server-limited",
    ...fields,
  };
}

/** What a request does that is plausible, with what a test wants to be different. */
export function countsWith(fields: Partial<RequestCounts> = {}): RequestCounts {
  return {
    approach: "map",
    workload: "read",
    size: 10_000,
    requests: 500,
    systemCalls: 2,
    systemCallsByName: { read: 1, write: 1 },
    fileReadBytes: 0,
    fileWrittenBytes: 0,
    syncs: 0,
    ...fields,
  };
}

export const environment: Environment = {
  run: "2026-01-02T03-04-05-10000",
  startedAt: "2026-01-02T03:04:05.000Z",
  command: "npm run bench -- --size 10000 --seed 7",
  mode: "native",
  approaches: ["map", "sqlite"],
  workloads: ["read", "create"],
  size: 10_000,
  dataSeed: 1,
  dataSha256: "c0ffee",
  dataBytes: 1_640_000,
  seed: 7,
  blocks: 2,
  connections: 50,
  warmupMs: 700,
  durationMs: 2_000,
  waitLimitMs: 120_000,
  load: "closed",
  generator: { name: "builtin", version: "24.0.0" },
  generators: { builtin: "24.0.0", wrk: "4.1.0" },
  dashboards: null,
  placement: { service: [1], database: [1], generator: [0], observers: [] },
  pageCache: "warmed",
  stores: {
    map: {
      approach: "map",
      durability: "process",
      recordsAtStart: 10_000,
      dataBytes: 1_640_000,
      settings: { appendFlags: "a" },
      versions: { node: "24.0.0", v8: "13.6" },
    },
    sqlite: {
      approach: "sqlite",
      durability: "power",
      recordsAtStart: 10_000,
      dataBytes: 2_100_000,
      settings: { journal_mode: "wal", synchronous: 2 },
      versions: { node: "24.0.0", v8: "13.6", sqlite: "3.53.0" },
    },
  },
  software: { node: "24.0.0", v8: "13.6", sqlite: "3.53.0" },
  containers: null,
  machine: {
    cpu: "A CPU",
    cores: 2,
    logicalCpus: 4,
    processor: { governor: "performance", isTurbo: false, isSmt: true, isVirtual: true, hypervisor: "KVM" },
    memoryBytes: 8e9,
    product: "Maker Model",
    system: "Linux 6.1",
    architecture: "x86_64",
    cgroup: { version: 2, cpuLimitCores: 1.5, memoryLimitBytes: 4e9 },
  },
  disk: {
    fileSystem: "ext4",
    source: "/dev/vda1",
    mountOptions: ["rw", "relatime"],
    isRotational: false,
  },
  fdatasync: { writes: 200, bytesPerWrite: 4_096, p50Ms: 0.4, p99Ms: 2.5 },
  commit: "0123abc",
  isDirty: false,
  lockFileSha256: "beef",
};
