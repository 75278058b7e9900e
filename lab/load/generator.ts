// What every load generator takes and gives.
import type { WorkloadName } from "../../k6/lib/workloads.ts";

/** What to ask, of whom, and for how long. */
export interface Load {
  readonly host: string;
  readonly port: number;
  readonly workload: WorkloadName;
  /** Seeded users in the store. */
  readonly size: number;
  readonly dataSeed: number;
  /** The users.jsonl that they are in, where they are not those of the seed. */
  readonly usersFile?: string;
  /** Seed of the choice of keys. */
  readonly seed: number;
  readonly storesUsers: boolean;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Requests that are begun per second, whether others are answered or not: an open load. Absent: a closed one, in which
   * each connection asks again when it is answered. */
  readonly requestsPerSecond?: number;
  /** How long an answer is waited for, from the request on. */
  readonly waitLimitMs: number;
}

/** Latencies in milliseconds: of a closed load from the request on, of an open one from the time that was meant for it. */
export interface LatencyMs {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What a generator saw in the measured window. */
export interface LoadReport {
  /** Answered rightly. */
  readonly requests: number;
  /** Not answered rightly: how many, by what was wrong. */
  readonly errors: Readonly<Record<string, number>>;
  /** Not answered within the wait limit; in the latencies with their age. */
  readonly unfinished: number;
  /** Not begun, for lack of a free connection at their time. A closed load has none. */
  readonly droppedIterations: number;
  /** Of an open load: begun when its time was over, for they had stood in line: the service could not follow. */
  readonly begunAfterEnd?: number;
  /** From the first request to the last answer, or to the wait limit; of an open load at least the planned duration. */
  readonly windowMs: number;
  readonly latencyMs: LatencyMs;
  /** All latencies: an HdrHistogram of microseconds, compressed, in base64. Not every generator has them. */
  readonly latencyHistogram?: string;
  /** Of a closed load: requests answered rightly in each third of the window. Not every generator has them. */
  readonly requestsByThird?: readonly [number, number, number];
  /** Of an open load: how late the generator itself was with its requests, 0 for those that stood in line anyway. It is part
   * of their latency, and not the service's fault. */
  readonly latenessMs?: LatencyMs;
  /** CPU time of the generator in the window. */
  readonly cpuMicros: number;
  /** The generator's own output, to keep. */
  readonly raw: string;
}

export interface RunOptions {
  /** The cores to bind the generator to, where the system can. */
  readonly cpus?: readonly number[] | undefined;
  /** What the samples of a generator that sends them to Prometheus are labelled with. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Called after the warm-up, with nothing in flight; the window begins when it is done. */
  readonly beforeMeasuring: () => Promise<void>;
  /** Stops the load when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface LoadGenerator {
  readonly name: string;
  readonly version: string;
  /** The shortest window that it can make. */
  readonly minDurationMs: number;
  /** Whether it uses all cores that it is given, or one. */
  readonly usesManyCores: boolean;
  /** Whether it stops with requests in flight and tells nothing of them, as wrk does. */
  readonly dropsUnfinished: boolean;
  /** Whether it can make this load. */
  readonly canMake: (load: Pick<Load, "workload" | "requestsPerSecond">) => boolean;
  /** How many connections it opens for a load. */
  readonly countConnections: (load: Pick<Load, "connections" | "requestsPerSecond">) => number;
  /** Warms up and measures. Rejects when the load could not be run at all. */
  readonly run: (load: Load, options: RunOptions) => Promise<LoadReport>;
}
