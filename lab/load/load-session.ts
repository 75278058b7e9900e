// A load from its first connection to its last answer: warm-up, and then the measured window.
import { runClosedPhase } from "./closed-load.ts";
import type { Load } from "./generator.ts";
import { openLanes } from "./lanes.ts";
import { runOpenPhase } from "./open-load.ts";
import type { PhaseOutcome } from "./tally.ts";

export interface LoadHooks {
  /** Called after the warm-up, with nothing in flight; the window begins when it is done. */
  readonly beforeMeasuring: () => Promise<void>;
  /** How often `onSample` is called in the window, with the requests answered so far; also at its start and end. */
  readonly sampleMs?: number;
  readonly onSample?: (requests: number) => void;
}

/** Runs the warm-up and then the measured window.
 * @throws Error when a connection cannot be opened, or when anything goes wrong before the window */
export async function runLoad(load: Load, hooks: LoadHooks): Promise<PhaseOutcome> {
  const { durationMs, connections, requestsPerSecond } = load;
  const { sampleMs, onSample } = hooks;
  const lanes = await openLanes(load);
  let sampling: NodeJS.Timeout | undefined;
  try {
    // Begins with one connection and adds one per answer: a service that takes a second for one request is
    // not warmed up with fifty of them.
    await runClosedPhase(lanes, { durationMs: load.warmupMs, lanesAtStart: 1 });
    lanes.check();
    await hooks.beforeMeasuring();
    onSample?.(0);
    if (onSample) sampling = setInterval(() => onSample(lanes.requests()), sampleMs);
    const outcome =
      requestsPerSecond === undefined
        ? await runClosedPhase(lanes, { durationMs, lanesAtStart: connections })
        : await runOpenPhase(lanes, { ...load, requestsPerSecond });
    onSample?.(outcome.requests);
    return outcome;
  } finally {
    clearInterval(sampling);
    lanes.close();
  }
}
