// memory.json: what each approach does with so much memory. docs/FORMATS.md explains every field.
import * as z from "zod";
import { diskShape } from "../machine/disk.ts";
import { machineShape } from "../machine/machine.ts";
import { keepRecords } from "../measure/run-record.ts";
import { byName, list, object } from "../shape.ts";

const windowShape = object({
  /** What of the files was in memory when it began: nothing, or what the load before has left there. */
  cache: z.enum(["cold", "warm"]),
  /** Answered rightly. */
  requests: z.int(),
  errors: byName(z.int()),
  /** Not answered within the wait limit. */
  unfinished: z.int(),
  windowMs: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** Of all processes of the group, in the window; likewise the others below. */
  minorFaults: z.int(),
  majorFaults: z.int(),
  diskBytes: z.int(),
  refaults: z.int(),
});
export type MemoryWindow = z.infer<typeof windowShape>;

const endShape = object({
  cause: z.enum(["killed", "heap", "refused", "hung", "failed", "other"]),
  /** One line. */
  words: z.string(),
  /** When it was found to have ended: after the start of its process. */
  afterMs: z.number(),
});

const memoryTrialShape = object({
  block: z.int(),
  approach: z.string(),
  /** Users. */
  size: z.int(),
  /** Of users.jsonl, whatever the approach keeps them in. */
  dataBytes: z.int(),
  /** From the start of the process to its first healthy answer, with nothing of the files in memory; null where there was none. */
  startupMs: z.number().nullable(),
  /** Why the service ended; null where it served to the end. */
  end: endShape.nullable(),
  windows: list(windowShape),
  /** Of the group, after the last window; null where the service had ended by then. */
  memory: object({ anonBytes: z.int(), sharedBytes: z.int(), cacheBytes: z.int() }).nullable(),
  /** The highest that all memory of the group was together; the limit, where the cache filled it. */
  peakBytes: z.int(),
  /** Processes that the system ended for want of memory, those of a database's server among them. */
  oomKills: z.int(),
  /** Files of its data that were partly in memory before the start, although they were to be taken out. */
  warmFiles: list(z.string()),
});
export type MemoryTrialRecord = z.infer<typeof memoryTrialShape>;

const memoryShape = object({
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** Null while it goes on, and of one that was stopped. */
  endedAt: z.iso.datetime().nullable(),
  /** The command that repeats it. */
  command: z.string(),
  limitBytes: z.int(),
  cgroupVersion: z.literal([1, 2]),
  sizes: list(z.int()),
  blocks: z.int(),
  seed: z.int(),
  dataSeed: z.int(),
  connections: z.int(),
  machine: machineShape,
  /** What the data lies on. */
  disk: diskShape.nullable(),
  software: byName(z.string()),
  commit: z.string(),
  isDirty: z.boolean(),
  lockFileSha256: z.string(),
  trials: list(memoryTrialShape),
});
export type MemoryRecord = z.infer<typeof memoryShape>;

export const memoryRecords = keepRecords("memory", memoryShape);
