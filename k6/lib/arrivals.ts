// When the requests of an open load are due: at equal distances, whether others have been answered or not. Pure.

/** Request number i, from 0 on, is due i periods after the start. */
export interface Arrivals {
  /** How many there are: at least one. */
  readonly count: number;
  /** From one to the next, in whole nanoseconds, which is how k6 counts. */
  readonly periodNs: number;
}

/** Plans as many requests as the rate makes in the duration, rounded.
 * @param requestsPerSecond above 0; may be a part of one */
export function planArrivals(requestsPerSecond: number, durationMs: number): Arrivals {
  return {
    count: Math.max(1, Math.round((requestsPerSecond * durationMs) / 1000)),
    periodNs: Math.max(1, Math.round(1e9 / requestsPerSecond)),
  };
}

/** Returns when a request is due, in milliseconds after the start. */
export function dueMs({ periodNs }: Arrivals, index: number): number {
  return (index * periodNs) / 1e6;
}
