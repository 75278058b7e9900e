// A record of the experiment with several writers that is made up: plausible, with what a test wants to be different.
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { HistoryFindings } from "../../lab/history/check-history.ts";
import { buildLatencies, summarizeLatencies } from "../../lab/load/latencies.ts";
import type {
  BatchesRecord,
  ManyReadersRecord,
  ReadersRecord,
  ReadFigures,
  RowsRecord,
  TrialRecord,
  WritersRecord,
} from "../../lab/writers/record.ts";
import { environment } from "./measurements.ts";

export const WRITERS_BLOCKS = 5;

const SOUND: HistoryFindings = {
  attempted: 2_000,
  acknowledged: 2_000,
  unknown: 0,
  errors: {},
  lost: 0,
  duplicated: 0,
  recovered: 0,
  unexpected: 0,
  malformedLines: 0,
  reads: 4_000,
  wrong: 0,
  readErrors: {},
  stale: 0,
  neverSeen: 0,
  staleForMs: null,
};

export type TrialFields = Partial<Omit<TrialRecord, "findings">> & {
  readonly findings?: Partial<HistoryFindings>;
  /** Every latency of the trial. */
  readonly latency?: number;
};

export function trialWith({ findings, latency = 20, ...fields }: TrialFields = {}): TrialRecord {
  const latencies = buildLatencies();
  latencies.recordValueWithCount(latency * 1000, 1_000);
  const { approach = "map", processes = 1, setup = "", block = 1 } = fields;
  return {
    cell: [approach, setup, processes].filter(Boolean).join(", "),
    ...{ approach, processes, setup, block },
    areThreads: false,
    settings: {},
    settleMs: 0,
    trial: 1,
    startedAt: "2026-01-02T03:04:05.678Z",
    endedAt: "2026-01-02T03:04:08.678Z",
    durability: "process",
    connections: 50,
    windowMs: 1_000,
    posts: 1_000,
    attempts: 1_000,
    postsPerSecond: 1_000,
    errors: {},
    latencyMs: summarizeLatencies(latencies),
    latencyHistogram: encodeIntoCompressedBase64(latencies),
    servicesCpuMicrosPerRequest: 100,
    busyShare: 0.6,
    clientCpuShare: 0.3,
    othersBusyShare: 0.02,
    canaryMs: 10,
    fsyncMs: 1,
    askedAtOnce: 200,
    askedAtEnd: 2_000,
    seededAtEnd: 10_000,
    history: "histories/0001.jsonl",
    findings: { ...SOUND, ...findings },
    ...fields,
  };
}

/** The same trial in every block; one that differs in turns when there are several. */
export function cellWith(...trials: readonly TrialFields[]): TrialRecord[] {
  return Array.from({ length: WRITERS_BLOCKS }, (_, index) =>
    trialWith({ ...trials[index % trials.length], block: index + 1 }),
  );
}

export function readsWith(p99: number, fields: Partial<ReadFigures> = {}): ReadFigures {
  const latencyMs = { mean: p99 / 3, p50: p99 / 4, p90: p99 / 2, p99, p999: p99 * 1.5, max: p99 * 2 };
  return { reads: 1_000, readsPerSecond: 2_000, latencyMs, errors: {}, ...fields };
}

export function readersWith(fields: Partial<ReadersRecord>): ReadersRecord[] {
  return Array.from({ length: WRITERS_BLOCKS }, (_, index) => ({
    journal: "wal",
    block: index + 1,
    alone: readsWith(2),
    besideWriter: readsWith(3),
    writesPerSecond: 1_000,
    ...fields,
  }));
}

export function manyReadersWith(fields: Partial<ManyReadersRecord> = {}): ManyReadersRecord[] {
  return Array.from({ length: WRITERS_BLOCKS }, (_, index) => ({
    block: index + 1,
    one: readsWith(5, { readsPerSecond: 10_000 }),
    four: readsWith(4, { readsPerSecond: 12_000 }),
    oneBusyShare: 0.7,
    fourBusyShare: 0.95,
    ...fields,
  }));
}

export function rowsWith(fields: Partial<RowsRecord> = {}): RowsRecord[] {
  return Array.from({ length: WRITERS_BLOCKS }, (_, index) => ({
    block: index + 1,
    connections: 8,
    differentPerSecond: 3_000,
    differentLatencyMs: readsWith(5).latencyMs,
    samePerSecond: 700,
    sameLatencyMs: readsWith(20).latencyMs,
    lost: 0,
    ...fields,
  }));
}

export function batchesWith(fields: Partial<BatchesRecord> = {}): BatchesRecord {
  return {
    approach: "sqlite",
    promise: "atomic",
    kills: 10,
    batchSize: 100,
    acknowledged: 100,
    inFlight: 15,
    whole: 5,
    absent: 10,
    half: 0,
    lost: 0,
    seed: 1,
    ...fields,
  };
}

export function writersWith(fields: Partial<WritersRecord> = {}): WritersRecord {
  const { machine, fdatasync, commit, isDirty, lockFileSha256 } = environment;
  return {
    run: "writers-2026-01-02T03-04-05",
    startedAt: "2026-01-02T03:04:05.000Z",
    endedAt: "2026-01-02T03:08:05.000Z",
    command: "npm run writers -- --seed 7",
    form: "short",
    mode: "native",
    ...{ size: 10_000, seed: 7, dataSeed: 1, blocks: WRITERS_BLOCKS, durationMs: 1_000, connections: 50 },
    ...{ machine, fdatasync, commit, isDirty, lockFileSha256 },
    software: { node: "24.21.0" },
    ...{
      trials: [],
      failures: [],
      readers: [],
      manyReaders: [],
      rows: [],
      equalIds: [],
      batches: [],
      notRun: [],
    },
    lines: [],
    ...fields,
  };
}
