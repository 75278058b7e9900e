// What may be concluded from a trial: who was the limit.

export type Verdict = "server-limited" | "client-limited" | "mixed" | "invalid";

/** A service that uses this much of its core is busy. the-benchmarker/web-frameworks draws the line there too. */
const BUSY_SHARE = 0.75;
/** A generator that uses more than this of its core may itself be what is slow. */
const GENERATOR_MAX_SHARE = 0.8;

/**
 * Judges a closed trial by the CPU shares of its parties, as parts of one core.
 * "server-limited": the service (with its database) was busy and the generator was not, so the figures are the
 * service's. "client-limited": the other way round, so the service can do more than the figures say. "mixed":
 * both or neither; a disk or a lock may have been what they waited for.
 */
export function judgeTrial(shares: {
  readonly server: number;
  readonly generator: number;
  readonly isFaulty: boolean;
}): Verdict {
  if (shares.isFaulty) return "invalid";
  const isServerBusy = shares.server >= BUSY_SHARE;
  const isGeneratorBusy = shares.generator > GENERATOR_MAX_SHARE;
  if (isServerBusy === isGeneratorBusy) return "mixed";
  return isServerBusy ? "server-limited" : "client-limited";
}
