// What may be concluded from a trial: who was the limit.

export type Verdict = "server-limited" | "client-limited" | "mixed" | "invalid";

/** A service that uses this much of its core is busy. the-benchmarker/web-frameworks draws the line there too. */
export const BUSY_SHARE = 0.75;
/** A generator that uses more than this of its core may itself be what is slow. */
export const GENERATOR_MAX_SHARE = 0.8;
/**
 * How far throughput times mean latency may be from the number of connections, as a part of them. Little's law says
 * that they are equal; warming up and the time between requests take some. The published linear scan of 100,000 users
 * keeps 45 of 50 busy and is sound; the one of a million keeps 5, and its latency cannot be right.
 */
export const LITTLES_LAW_TOLERANCE = 0.15;

/** What Little's law says of a closed trial, as parts of its connections. */
export interface Occupancy {
  /** Connections that waited for an answer, on average: throughput times mean latency. */
  readonly busy: number;
  /** How much of the window the end took, in which connections that had their last answer asked no more. */
  readonly drained: number;
}

/** Whether more connections would have had to wait than there were: requests or latencies are counted wrongly. */
export function isImpossible({ busy }: Occupancy): boolean {
  return busy > 1 + LITTLES_LAW_TOLERANCE;
}

/**
 * Judges a closed trial by the CPU shares of its parties, as parts of the cores that they had, and by its connections.
 * "server-limited": the service (with its database) was busy and the generator was not, so the figures are the
 * service's. "client-limited": the other way round, or the generator left connections without a request, so the service
 * can do more than the figures say. "mixed": both or neither; a disk or a lock may have been what they waited for.
 */
export function judgeTrial(trial: {
  readonly server: number;
  readonly generator: number;
  readonly occupancy: Occupancy;
  readonly isFaulty: boolean;
}): Verdict {
  const { server, generator, occupancy } = trial;
  if (trial.isFaulty || isImpossible(occupancy)) return "invalid";
  if (occupancy.busy < 1 - LITTLES_LAW_TOLERANCE - occupancy.drained) return "client-limited";
  const isServerBusy = server >= BUSY_SHARE;
  const isGeneratorBusy = generator > GENERATOR_MAX_SHARE;
  if (isServerBusy === isGeneratorBusy) return "mixed";
  return isServerBusy ? "server-limited" : "client-limited";
}
