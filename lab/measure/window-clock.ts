// Whether a load generator's window can be as long as its own clock says. Pure.

/** Clocks of one machine that all run steadily differ by less than this part, and by their rounding. */
const CLOCK_TOLERANCE = 0.01;
const CLOCK_TOLERANCE_MS = 2;
/** How long it takes at most, beside the window, from the permission to measure to the report: the builtin generator runs
 * already, and adds up its latencies afterwards; others, k6 above all, are started first. */
const BESIDE_WINDOW_MS: Readonly<Record<string, number>> = { builtin: 1_500 };
const BESIDE_WINDOW_OF_OTHERS_MS = 30_000;

/**
 * Says when a window is longer than the time in which it lay by the lab's own clock, or much shorter; undefined when it is
 * neither. Little's law cannot say it: a clock that is set forward makes throughput smaller by as much as it makes latencies
 * larger.
 * @param generator its name
 * @param windowMs by the generator's clock
 * @param elapsedMs by the lab's, from the permission to measure to the generator's report
 */
export function findClockFault(generator: string, windowMs: number, elapsedMs: number): string | undefined {
  const besideMs = BESIDE_WINDOW_MS[generator] ?? BESIDE_WINDOW_OF_OTHERS_MS;
  const isTooLong = windowMs > elapsedMs * (1 + CLOCK_TOLERANCE) + CLOCK_TOLERANCE_MS;
  const isTooShort = windowMs * (1 + CLOCK_TOLERANCE) + besideMs < elapsedMs;
  if (!isTooLong && !isTooShort) return undefined;
  return (
    `the load generator's clock is wrong: a window of ${windowMs.toFixed(0)} ms, ` +
    `and it had ${elapsedMs.toFixed(0)} ms for it`
  );
}
