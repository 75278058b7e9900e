// What every load generator takes and gives.
import type { ClosedLoad } from "./closed-load.ts";

export type { ClosedLoad } from "./closed-load.ts";

/** Latencies in milliseconds. */
export interface LatencyMs {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
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
  /** From the first request to the last answer, or to the wait limit. */
  readonly windowMs: number;
  readonly latencyMs: LatencyMs;
  /** All latencies: an HdrHistogram of microseconds, compressed, in base64. Not every generator has them. */
  readonly latencyHistogram?: string;
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
  /** Warms up and measures. Rejects when the load could not be run at all. */
  readonly run: (load: ClosedLoad, options: RunOptions) => Promise<LoadReport>;
}
