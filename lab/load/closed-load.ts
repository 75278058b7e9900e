// Closed load: a fixed number of connections, each of which asks again as soon as it is answered.
//
// The measured window begins with nothing in flight and ends when the last request that began in it is
// answered, so no request is dropped and none is counted that began earlier. What is not answered within the
// wait limit counts as unfinished, with its age as latency.
import type { Histogram } from "hdr-histogram-js";
import type { Load } from "./generator.ts";
import { openSession } from "./load-session.ts";

/** What happened in the measured window. */
export interface LoadOutcome {
  /** Answered rightly. */
  readonly requests: number;
  /** Not answered rightly: how many, by what was wrong. */
  readonly errors: Readonly<Record<string, number>>;
  /** Not answered within the wait limit. */
  readonly unfinished: number;
  /** From the first request to the last answer, or to the wait limit. */
  readonly windowMs: number;
  /** In microseconds; answered and unfinished requests. */
  readonly latencies: Histogram;
}

export interface ClosedLoadHooks {
  /** Called after the warm-up, with nothing in flight; the window begins when it is done. */
  readonly beforeMeasuring: () => Promise<void>;
  /** How often `onSample` is called in the window, with the requests answered so far; also at its start and end. */
  readonly sampleMs?: number;
  readonly onSample?: (requests: number) => void;
}

/** Runs the warm-up and then the measured window.
 * @throws Error when a connection cannot be opened, or does not outlast the warm-up */
export async function runClosedLoad(load: Load, hooks: ClosedLoadHooks): Promise<LoadOutcome> {
  const session = await openSession(load);
  let sampling: NodeJS.Timeout | undefined;
  try {
    // Begins with one connection and adds one per answer: a service that takes a second for one request is
    // not warmed up with fifty of them.
    await session.run({ durationMs: load.warmupMs, lanesAtStart: 1 });
    await hooks.beforeMeasuring();
    const { sampleMs, onSample } = hooks;
    onSample?.(0);
    if (onSample) sampling = setInterval(() => onSample(session.requests()), sampleMs);
    const outcome = await session.run({ durationMs: load.durationMs, lanesAtStart: load.connections });
    onSample?.(outcome.requests);
    return outcome;
  } finally {
    clearInterval(sampling);
    session.close();
  }
}
