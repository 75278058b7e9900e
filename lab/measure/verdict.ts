// What may be concluded from a trial: who was the limit.

/** "unlimited" is for open loads alone: nobody was busy. */
export const VERDICTS = ["server-limited", "client-limited", "mixed", "unlimited", "invalid"] as const;
export type Verdict = (typeof VERDICTS)[number];

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

/** An open trial that began less of its schedule than this was another load than it is called. */
export const OPEN_MIN_SHARE = 0.99;

/** CPU time of the parties over the window, as parts of the cores that they had. */
export interface CpuShares {
  /** The service, with its database where they share a core. */
  readonly server: number;
  readonly generator: number;
}

/**
 * Judges a closed trial without a fault by the CPU shares of its parties and by its connections.
 * "server-limited": the service was busy and the generator was not, so the figures are the service's. "client-limited":
 * the other way round, or the generator left connections without a request, so the service can do more than the figures
 * say. "mixed": both or neither; a disk or a lock may have been what they waited for.
 */
export function judgeClosed({ server, generator }: CpuShares, occupancy: Occupancy): Verdict {
  if (isImpossible(occupancy)) return "invalid";
  if (hasIdleConnections(occupancy)) return "client-limited";
  const isServerBusy = server >= BUSY_SHARE;
  const isGeneratorBusy = generator > GENERATOR_MAX_SHARE;
  if (isServerBusy === isGeneratorBusy) return "mixed";
  return isServerBusy ? "server-limited" : "client-limited";
}

/** Whether fewer connections waited than there were, beyond what the end of the window explains. */
export function hasIdleConnections({ busy, drained }: Occupancy): boolean {
  return busy < 1 - LITTLES_LAW_TOLERANCE - drained;
}

/** A generator whose own lateness is more than this part of what requests took is what they waited for. */
const LATENESS_MAX_PART = 0.5;
/** What requests took on average, beside the generator's lateness and the service's own time, is its way and wake-ups: up
 * to 1.5 ms for an idle service, by trials on two cores. More than this, and more than half of all, is unexplained. */
const UNEXPLAINED_MAX_MS = 2;
const UNEXPLAINED_MAX_PART = 0.5;

/** Means over the requests of an open trial, in milliseconds. */
export interface OpenTimes {
  readonly latencyMs: number;
  /** The generator's own lateness. */
  readonly latenessMs: number;
  /** What the service says that its answers took. */
  readonly serviceMs: number;
}

/**
 * Judges an open trial without a fault. An open load leaves everybody time, so a busy service is what made requests wait,
 * or a generator that was late with them; "unlimited" where none was. The generator's CPU time tells nothing: one that
 * watches the clock is always busy. "mixed": both, or most of the time is in neither account: the service stood still, or
 * the generator, or they waited for a core.
 * @param server CPU share of the service
 */
export function judgeOpen(server: number, { latencyMs, latenessMs, serviceMs }: OpenTimes): Verdict {
  const isLate = latenessMs > latencyMs * LATENESS_MAX_PART;
  if (server >= BUSY_SHARE) return isLate ? "mixed" : "server-limited";
  if (isLate) return "client-limited";
  const unexplainedMs = latencyMs - latenessMs - serviceMs;
  const isExplained = unexplainedMs <= Math.max(UNEXPLAINED_MAX_MS, latencyMs * UNEXPLAINED_MAX_PART);
  return isExplained ? "unlimited" : "mixed";
}
