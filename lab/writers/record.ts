// writers.json: what an experiment with several writers has measured.
import * as z from "zod";
import { machineShape } from "../machine/machine.ts";
import { syncProbeShape } from "../machine/sync-probe.ts";
import { latencyFields } from "../measure/measurement.ts";
import { byName, list, object } from "../shape.ts";

const count = z.int();
/** Null where nothing was answered. */
const latencyShape = object(latencyFields).nullable();

/** Of one trial: lab/history/check-history.ts says what each is. */
const findingsShape = object({
  attempted: count,
  acknowledged: count,
  unknown: count,
  errors: byName(count),
  lost: count,
  duplicated: count,
  recovered: count,
  unexpected: count,
  malformedLines: count,
  reads: count,
  wrong: count,
  readErrors: byName(count),
  stale: count,
  neverSeen: count,
  staleForMs: object({ atLeast: z.number(), atMost: z.number() }).nullable(),
});

const cellShape = {
  cell: z.string(),
  approach: z.string(),
  setup: z.string(),
  processes: count,
  areThreads: z.boolean(),
  settings: byName(z.string()),
  /** How long a process may lack what another has acknowledged, and have it yet. */
  settleMs: z.number(),
};

const trialShape = object({
  ...cellShape,
  block: count,
  trial: count,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  durability: z.enum(["nothing", "process", "power"]),
  connections: count,
  /** Of the window in which there were posts only. */
  windowMs: z.number(),
  /** Acknowledged in the window; all that were asked in it. */
  posts: count,
  attempts: count,
  postsPerSecond: z.number(),
  /** Not acknowledged in the window, by kind. */
  errors: byName(count),
  latencyMs: latencyShape,
  /** An HdrHistogram of microseconds, compressed, in base64. */
  latencyHistogram: z.string(),
  /** CPU time of all services, and of the database, in the window over all requests that were asked. */
  servicesCpuMicrosPerRequest: z.number(),
  databaseCpuMicrosPerRequest: z.number().exactOptional(),
  /** CPU time of services, database and client over the window, as a part of all cores. */
  busyShare: z.number(),
  clientCpuShare: z.number(),
  /** What everybody else on the machine used of all cores in the window. */
  othersBusyShare: z.number(),
  /** What the machine was like, as lab/measure/mood.ts has it. */
  canaryMs: z.number(),
  fsyncMs: z.number(),
  stealShare: z.number().exactOptional(),
  /** Of how many of the acknowledged users all other processes were asked as soon as they were acknowledged. */
  askedAtOnce: count,
  /** Of how many every process was asked at the end; all those that were asked for at once are among them. */
  askedAtEnd: count,
  /** Users that were there before and are in the store at its end. */
  seededAtEnd: count,
  findings: findingsShape,
  /** File of the history, in the run's folder. */
  history: z.string(),
});
export type TrialRecord = z.infer<typeof trialShape>;

/** A trial that could not be made. */
const failureShape = object({ ...cellShape, block: count, error: z.string() });
export type FailureRecord = z.infer<typeof failureShape>;

/** Reads of one kind, in one block. */
const readFields = {
  reads: count,
  readsPerSecond: z.number(),
  latencyMs: latencyShape,
  errors: byName(count),
};

const readFiguresShape = object(readFields);
export type ReadFigures = z.infer<typeof readFiguresShape>;

const readersShape = object({
  /** SQLite's journal mode. */
  journal: z.enum(["delete", "wal"]),
  block: count,
  alone: readFiguresShape,
  besideWriter: readFiguresShape,
  /** What the writer wrote meanwhile. */
  writesPerSecond: z.number(),
});
export type ReadersRecord = z.infer<typeof readersShape>;

const manyReadersShape = object({
  block: count,
  one: readFiguresShape,
  four: readFiguresShape,
  /** CPU time of services and client, as a part of all cores. */
  oneBusyShare: z.number(),
  fourBusyShare: z.number(),
});
export type ManyReadersRecord = z.infer<typeof manyReadersShape>;

const rowsShape = object({
  block: count,
  connections: count,
  differentPerSecond: z.number(),
  differentLatencyMs: latencyShape,
  samePerSecond: z.number(),
  sameLatencyMs: latencyShape,
  /** Answered updates that are not in the rows at the end. */
  lost: count,
});
export type RowsRecord = z.infer<typeof rowsShape>;

const equalIdsShape = object({
  approach: z.string(),
  first: z.enum(["inserted", "duplicate"]),
  second: z.enum(["inserted", "duplicate"]),
  /** Records with this id at the end. */
  records: count,
});
export type EqualIdsRecord = z.infer<typeof equalIdsShape>;

const linesShape = object({
  processes: count,
  appended: count,
  /** Lines at the end that are no user, although every append was whole: two were mixed. */
  mixedLines: count,
  missingLines: count,
  /** How often the end of the file was read, and how often it was in the middle of a line. */
  looks: count,
  halfLines: count,
  bytesPerLine: z.number(),
  windowMs: z.number(),
});
export type LinesRecord = z.infer<typeof linesShape>;

const batchesShape = object({
  approach: z.string(),
  /** What the approach promises. */
  promise: z.enum(["atomic", "naive"]),
  kills: count,
  batchSize: count,
  /** Batches that were acknowledged, and that were in flight when the process was killed. */
  acknowledged: count,
  inFlight: count,
  /** Of these in flight: all of it is there, nothing of it, a part of it. */
  whole: count,
  absent: count,
  half: count,
  /** Acknowledged batches that are not there as a whole. */
  lost: count,
  seed: count,
});
export type BatchesRecord = z.infer<typeof batchesShape>;

export const writersShape = object({
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** Null while it goes on, and of one that was stopped. */
  endedAt: z.iso.datetime().nullable(),
  command: z.string(),
  form: z.enum(["short", "full"]),
  mode: z.enum(["native", "docker"]),
  size: count,
  seed: count,
  dataSeed: count,
  blocks: count,
  durationMs: z.number(),
  connections: count,
  machine: machineShape,
  software: byName(z.string()),
  fdatasync: syncProbeShape,
  commit: z.string(),
  isDirty: z.boolean(),
  lockFileSha256: z.string(),
  trials: list(trialShape),
  failures: list(failureShape),
  readers: list(readersShape),
  manyReaders: list(manyReadersShape),
  rows: list(rowsShape),
  equalIds: list(equalIdsShape),
  lines: list(linesShape),
  batches: list(batchesShape),
  /** What could not be done, and why. */
  notRun: list(z.string()),
});
export type WritersRecord = z.infer<typeof writersShape>;
