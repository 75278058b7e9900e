// Closed load: a fixed number of connections, each of which asks again as soon as it is answered.
//
// The window begins with nothing in flight and ends when the last request that began in it is answered, so no request
// is dropped and none is counted that began earlier. What is not answered within the wait limit counts as unfinished,
// with its age as latency.
import type { Lanes } from "./lanes.ts";
import type { PhaseOutcome } from "./tally.ts";

/** Keeps asking for a time, and resolves when the last request is answered.
 * @throws Error when something had gone wrong before */
export async function runClosedPhase(
  lanes: Lanes,
  { durationMs, lanesAtStart }: { readonly durationMs: number; readonly lanesAtStart: number },
): Promise<PhaseOutcome> {
  const { promise: drained, resolve: onDrained } = Promise.withResolvers<void>();
  const requestsByMs: number[] = [];
  const startMs = performance.now();
  const tally = lanes.begin({
    onFree(nowMs) {
      requestsByMs[Math.floor(nowMs - startMs)] = tally.requests;
      if (nowMs >= startMs + durationMs) return;
      lanes.ask();
      // Another that has not begun yet, if there is one.
      lanes.ask();
    },
    onDrained,
  });
  for (let started = 0; started < lanesAtStart; started++) lanes.ask();
  if (lanes.inFlight() > 0) await drained;
  const windowMs = performance.now() - startMs;
  return { ...tally, windowMs, requestsByThird: splitInThirds(requestsByMs, windowMs) };
}

/** Splits a count by thirds of the time.
 * @param countByMs how much had been counted by the end of each millisecond; absent where there was nothing new */
export function splitInThirds(
  countByMs: readonly (number | undefined)[],
  windowMs: number,
): readonly [number, number, number] {
  const countAt = (ms: number) =>
    countByMs.slice(0, Math.round(ms)).findLast((count) => count !== undefined) ?? 0;
  const [first, second, all] = [
    countAt(windowMs / 3),
    countAt((windowMs * 2) / 3),
    countAt(countByMs.length),
  ];
  return [first, second - first, all - second];
}
