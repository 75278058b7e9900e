// What a request costs in system calls: exact, where times are not.
import * as z from "zod";
import { byName, list, object } from "../shape.ts";

/** Counted once per approach and workload of a run, untimed. All figures are per request, of the service's process with
 * all its threads. */
const requestCountsShape = object({
  approach: z.string(),
  workload: z.string(),
  size: z.int(),
  /** Over how many requests. */
  requests: z.int(),
  /** Whether the server of a database does a part, which is not in the figures. */
  usesDatabase: z.boolean(),
  /** On files and sockets. What waits, wakes threads or manages memory is not in them: how often is up to the machine. */
  systemCalls: z.number(),
  /** By name, the most frequent first. */
  systemCallsByName: byName(z.number()),
  /** Returned by reads and taken by writes of files; sockets and pipes are not in them, nor are mapped files. */
  fileReadBytes: z.number(),
  fileWrittenBytes: z.number(),
  /** fsync, fdatasync and their like. */
  syncs: z.number(),
});
export type RequestCounts = z.infer<typeof requestCountsShape>;

/** counts.json. */
export const countsShape = list(requestCountsShape);
