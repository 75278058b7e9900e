// Open load: requests begin at their times, at equal distances, whether others have been answered or not.
//
// A request that is due while no connection is free waits in line, and whatever it waits for is in its latency, which
// counts from the time it was due. So a service that stalls is seen by all who would have come meanwhile. Nothing is
// dropped: what is older than the wait limit counts as unfinished, in line or not.
//
// How late the generator itself was is recorded of every request: 0 for one that came to the end of a line.
import { dueMs, planArrivals } from "../../k6/lib/arrivals.ts";
import type { Load } from "./generator.ts";
import type { Lanes } from "./lanes.ts";
import { buildLatencies } from "./latencies.ts";
import { countErrors, countUnfinished, type PhaseOutcome } from "./tally.ts";

/** A timer of Node's may be late by more than a millisecond. For the last of the time before a request is due the process
 * looks again and again instead of sleeping. docs/decisions/0010-open-load.md has what that gives, and costs. */
const AWAKE_MS = 2;
/** How often those in line are looked at when nothing else happens. */
const LINE_CHECK_MS = 250;

type OpenLoad = Pick<Load, "durationMs" | "waitLimitMs"> & { readonly requestsPerSecond: number };

/** Makes the requests of a duration, and resolves when the last one is answered.
 * @throws Error when something had gone wrong before */
export async function runOpenPhase(lanes: Lanes, load: OpenLoad): Promise<PhaseOutcome> {
  const { requestsPerSecond, durationMs, waitLimitMs } = load;
  const arrivals = planArrivals(requestsPerSecond, durationMs);
  const { promise: over, resolve: endPhase } = Promise.withResolvers<void>();
  const lateness = buildLatencies();
  /** The first request that has not begun. Those after it that are due are the line. */
  let next = 0;
  let isLine = false;
  let begunAfterEnd = 0;
  /** The first request that has not been seen to be due. */
  let unseen = 0;

  const sinceMsOf = (index: number) => startMs + dueMs(arrivals, index);

  /** Notes how late the generator saw that a request is due. What comes to the end of a line would have waited anyway. */
  function see(index: number, wasLine: boolean, nowMs: number): void {
    if (index < unseen) return;
    lateness.recordValue(wasLine ? 0 : Math.round((nowMs - sinceMsOf(index)) * 1000));
    unseen = index + 1;
  }

  /** Begins what is due, as far as connections are free. */
  function beginDue(): void {
    const wasLine = isLine;
    for (; next < arrivals.count; next++) {
      const sinceMs = sinceMsOf(next);
      const nowMs = performance.now();
      const lateMs = nowMs - sinceMs;
      if (lateMs < 0) break;
      if (lateMs >= waitLimitMs) {
        see(next, wasLine, nowMs);
        countUnfinished(tally, lateMs);
        continue;
      }
      if (!lanes.ask(sinceMs)) {
        isLine = true;
        // A pause of the generator's own makes a line, of which all are late by it.
        for (let index = Math.max(next, unseen); index < arrivals.count && sinceMsOf(index) <= nowMs; index++)
          see(index, wasLine, nowMs);
        return;
      }
      see(next, wasLine, nowMs);
      if (sinceMs + lateMs > startMs + durationMs) begunAfterEnd++;
    }
    isLine = false;
  }

  function endWhenDone(nowMs = performance.now()): void {
    if (lanes.inFlight() > 0) return;
    if (!lanes.isAlive()) {
      if (next < arrivals.count) countErrors(tally, "no connection was left", arrivals.count - next);
      endPhase();
    } else if (next === arrivals.count && nowMs >= startMs + durationMs) endPhase();
  }

  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  /** Sleeps until the next request is due, or until there is another reason to look. */
  function sleep(nowMs = performance.now()): void {
    clearTimeout(timer);
    clearImmediate(immediate);
    const isAllBegun = next === arrivals.count;
    const untilMs = startMs + (isAllBegun ? durationMs : dueMs(arrivals, next)) - nowMs;
    if (isLine || (isAllBegun && untilMs <= 0)) timer = setTimeout(look, LINE_CHECK_MS);
    else if (untilMs > AWAKE_MS + 1) timer = setTimeout(look, Math.floor(untilMs - AWAKE_MS));
    else immediate = setImmediate(look);
  }

  function look(): void {
    beginDue();
    // One time for both: what the end is a moment too early for is not slept through.
    const nowMs = performance.now();
    endWhenDone(nowMs);
    sleep(nowMs);
  }

  function onFree(): void {
    if (!isLine) return;
    beginDue();
    if (!isLine) sleep();
  }

  const startMs = performance.now();
  const tally = lanes.begin({ onFree, onDrained: () => endWhenDone() });
  look();
  await over;
  clearTimeout(timer);
  clearImmediate(immediate);
  return { ...tally, lateness, begunAfterEnd, windowMs: performance.now() - startMs };
}
