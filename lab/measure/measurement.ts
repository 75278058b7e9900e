// What is recorded of a trial: one line of measurements.jsonl. docs/FORMATS.md explains every field.
import type { LatencyMs } from "../load/generator.ts";
import type { Verdict } from "./verdict.ts";

/** The window as the service saw it: its own count and its own histogram. */
export interface ServiceView {
  /** Requests to the two routes that it answered, whatever the answer. */
  readonly requests: number;
  /** From the parsed head of a request to its answer being handed to the socket; percentiles are the upper bounds of the
   * histogram's buckets, null for the one without end. */
  readonly latencyMs: { readonly mean: number; readonly p50: number | null; readonly p99: number | null };
}

export interface Measurement {
  readonly approach: string;
  readonly workload: string;
  readonly size: number;
  readonly block: number;
  /** Position in the run, from 1. */
  readonly trial: number;
  readonly load: "closed" | "open";
  /** Of an open load: what its rate is called, such as "common" or "50%" (of the capacity that was measured before). */
  readonly rate?: string;
  /** Of an open load: how many requests were to begin per second. */
  readonly targetRequestsPerSecond?: number;
  /** A trial that was made again because the generator of the run had been its limit: with the cheapest at hand. */
  readonly isAgain?: true;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly requests: number;
  /** All requests that were answered wrongly or not at all; `errorKinds` says what was wrong. */
  readonly errors: number;
  readonly errorKinds: Readonly<Record<string, number>>;
  readonly unfinished: number;
  readonly droppedIterations: number;
  /** The true length of the measured window. */
  readonly windowMs: number;
  readonly requestsPerSecond: number;
  readonly latencyMs: LatencyMs;
  readonly latencyHistogram?: string;
  /** What the service itself counted and saw; absent where it could not be asked. */
  readonly service?: ServiceView;
  readonly serverCpuMicrosPerRequest: number;
  /** The database's share; absent for approaches without one. */
  readonly databaseCpuMicrosPerRequest?: number;
  /** What the CPU time per request lets a core serve, at most: derived, not measured. Service and database together
   * where they share a core, the busier of the two where not. */
  readonly impliedRequestsPerSecond?: number;
  readonly serverCpuShare: number;
  readonly generatorCpuShare: number;
  readonly generatorCpuMicrosPerRequest: number;
  readonly serverRssBytes: number;
  /** Connections that waited for an answer, on average: throughput times mean latency. */
  readonly busyConnections: number;
  readonly startupMs: number;
  /** What the machine was like; absent in a trial that failed. */
  readonly canaryMs?: number;
  readonly fsyncMs?: number;
  readonly stealShare?: number;
  readonly cpuPressureShare?: number;
  readonly durability: string;
  readonly generator: string;
  readonly connections: number;
  readonly verdict: Verdict;
  /** Why the trial is left out of every average; absent for a good one. */
  readonly error?: string;
}
