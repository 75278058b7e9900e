// What is recorded of a trial: one line of measurements.jsonl. docs/FORMATS.md explains every field.
import * as z from "zod";
import { byName, object } from "../shape.ts";
import { VERDICTS } from "./verdict.ts";

/** The window as the service saw it: its own count and its own histogram. */
const serviceViewShape = object({
  /** Requests to the two routes that it answered, whatever the answer. */
  requests: z.int(),
  /** From the parsed head of a request to its answer being handed to the socket; percentiles are the upper bounds of the
   * histogram's buckets, null for the one without end. */
  latencyMs: object({ mean: z.number(), p50: z.number().nullable(), p99: z.number().nullable() }),
});
export type ServiceView = z.infer<typeof serviceViewShape>;

/** In milliseconds. */
export const latencyFields = {
  mean: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  p999: z.number(),
  max: z.number(),
};
const latencyShape = object(latencyFields);

export const measurementShape = object({
  approach: z.string(),
  workload: z.string(),
  size: z.int(),
  block: z.int(),
  /** Position in the run, from 1. */
  trial: z.int(),
  load: z.enum(["closed", "open"]),
  /** Of an open load: what its rate is called, such as "common" or "50%" (of the capacity that was measured before). */
  rate: z.string().exactOptional(),
  /** Of an open load: how many requests were to begin per second. */
  targetRequestsPerSecond: z.number().exactOptional(),
  /** A trial that was made again because the generator of the run had been its limit: with the cheapest at hand. */
  isAgain: z.literal(true).exactOptional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  requests: z.int(),
  /** All requests that were answered wrongly or not at all; `errorKinds` says what was wrong. */
  errors: z.int(),
  errorKinds: byName(z.int()),
  unfinished: z.int(),
  droppedIterations: z.int(),
  /** The true length of the measured window. */
  windowMs: z.number(),
  requestsPerSecond: z.number(),
  latencyMs: latencyShape,
  /** Of an open load: how late the generator itself was; a part of the latencies that is not the service's. */
  latenessMs: latencyShape.exactOptional(),
  /** Of a closed load: requests answered in each third of the window, where the generator tells. */
  requestsByThird: z.tuple([z.int(), z.int(), z.int()]).readonly().exactOptional(),
  latencyHistogram: z.string().exactOptional(),
  /** What the service itself counted and saw; absent where it could not be asked. */
  service: serviceViewShape.exactOptional(),
  serverCpuMicrosPerRequest: z.number(),
  /** The database's share; absent for approaches without one, and where nobody can tell it. */
  databaseCpuMicrosPerRequest: z.number().exactOptional(),
  /** What the CPU time per request lets a core serve, at most: derived, not measured. Service and database together
   * where they share a core, the busier of the two where not. */
  impliedRequestsPerSecond: z.number().exactOptional(),
  serverCpuShare: z.number(),
  generatorCpuShare: z.number(),
  generatorCpuMicrosPerRequest: z.number(),
  serverRssBytes: z.number(),
  /** Connections that waited for an answer, on average: throughput times mean latency. */
  busyConnections: z.number(),
  startupMs: z.number(),
  /** What the machine was like; absent in a trial that failed. */
  canaryMs: z.number().exactOptional(),
  fsyncMs: z.number().exactOptional(),
  stealShare: z.number().exactOptional(),
  cpuPressureShare: z.number().exactOptional(),
  durability: z.string(),
  /** Of an approach that keeps no users: what HTTP alone costs, and how much the generator can do. */
  storesNothing: z.literal(true).exactOptional(),
  generator: z.string(),
  connections: z.int(),
  verdict: z.enum(VERDICTS),
  /** Why the trial is left out of every average; absent for a good one. */
  error: z.string().exactOptional(),
});
export type Measurement = z.infer<typeof measurementShape>;

/** CPU time per request of the service and its database. */
export function cpuMicrosPerRequest(trial: Measurement): number {
  return trial.serverCpuMicrosPerRequest + (trial.databaseCpuMicrosPerRequest ?? 0);
}
