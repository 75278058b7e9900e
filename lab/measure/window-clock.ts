// Whether a load generator's window can be as long as its own clock says. Pure.

/** Clocks of one machine that all run steadily differ by less than this part, and by their rounding. */
const CLOCK_TOLERANCE = 0.01;
const CLOCK_TOLERANCE_MS = 2;

/**
 * Says when a window is longer than the time in which it lay by the lab's own clock; undefined when it is not. Little's law
 * cannot say it: a clock that is set forward makes throughput smaller by as much as it makes latencies larger.
 * @param windowMs by the generator's clock
 * @param elapsedMs by the lab's, from the permission to measure to the generator's report
 */
export function findClockFault(windowMs: number, elapsedMs: number): string | undefined {
  if (windowMs <= elapsedMs * (1 + CLOCK_TOLERANCE) + CLOCK_TOLERANCE_MS) return undefined;
  return (
    `the load generator's clock is wrong: a window of ${windowMs.toFixed(0)} ms, ` +
    `and it had ${elapsedMs.toFixed(0)} ms for it`
  );
}
