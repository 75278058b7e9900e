// Which part of what an approach can do a load is, by the measured sizes around it. Pure.
import type { Capacity } from "./figures.ts";
import type { Need } from "./need.ts";

/** Above this part of the capacity waiting grows without measure; the open loads of a bench end there as well. */
export const ENOUGH_SHARE = 0.75;
/** Records may be so many times as long as those that were measured, or as short. */
const RECORD_TOLERANCE = 2;

/** A part of the capacity: 0.5 is half of it. */
export interface LoadShare {
  /** Null where an operation was not measured at any size. */
  readonly value: number | null;
  /** It is at least this, by what was measured at as many users or fewer; 0 where nothing was. */
  readonly low: number;
  /** It is at most this, by what was measured at as many users or more; infinite where nothing was. */
  readonly high: number;
  /** The capacities that the value is computed from, an operation each. */
  readonly by: readonly Capacity[];
}

/** An operation at its rate, and what is known of it. */
interface Demand {
  readonly perSecond: number;
  readonly capacities: readonly Capacity[];
}

/**
 * Adds up what reads and writes take of one process's time, each as its rate over its capacity. Nothing is extrapolated:
 * more and longer records cost as much or more, never less, so a larger measured size says what is enough, and a smaller
 * one what is not.
 */
export function findLoadShare(
  need: Pick<Need, "users" | "recordBytes">,
  demands: readonly Demand[],
): LoadShare {
  const shares = demands.filter(({ perSecond }) => perSecond > 0).map((demand) => shareOf(need, demand));
  const values = shares.map(({ value }) => value);
  return {
    value: values.includes(null) ? null : sum(values.map(Number)),
    low: sum(shares.map(({ low }) => low)),
    high: sum(shares.map(({ high }) => high)),
    by: shares.flatMap(({ by }) => by),
  };
}

/** What one operation takes. */
function shareOf(
  { users, recordBytes }: Pick<Need, "users" | "recordBytes">,
  { perSecond, capacities }: Demand,
): LoadShare {
  const isAbove = (one: Capacity) => one.users >= users && recordBytes <= one.recordBytes * RECORD_TOLERANCE;
  const isBelow = (one: Capacity) => one.users <= users && one.recordBytes <= recordBytes * RECORD_TOLERANCE;
  const pick = (of: readonly Capacity[]) => pickNearest(of, users, recordBytes);
  const [above, below] = [pick(capacities.filter(isAbove)), pick(capacities.filter(isBelow))];
  const nearest = above ?? below ?? pick(capacities);
  return {
    value: nearest === undefined ? null : perSecond / nearest.requestsPerSecond.value,
    low: below === undefined ? 0 : perSecond / below.requestsPerSecond.high,
    high: above === undefined ? Number.POSITIVE_INFINITY : perSecond / above.requestsPerSecond.low,
    by: nearest === undefined ? [] : [nearest],
  };
}

/** The nearest size, of these the nearest record, of these what was measured last. */
function pickNearest(
  capacities: readonly Capacity[],
  users: number,
  recordBytes: number,
): Capacity | undefined {
  const distance = (a: number, b: number) => Math.abs(Math.log(a / b));
  return capacities.toSorted(
    (a, b) =>
      distance(a.users, users) - distance(b.users, users) ||
      distance(a.recordBytes, recordBytes) - distance(b.recordBytes, recordBytes) ||
      b.startedAt.localeCompare(a.startedAt),
  )[0];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

export type Enough = "enough" | "too little" | "cannot tell" | "not measured";

/** Judges whether a load is at most ENOUGH_SHARE of the capacity. */
export function judgeShare(share: LoadShare, need: Pick<Need, "users" | "recordBytes">): Enough {
  if (share.high <= ENOUGH_SHARE) return "enough";
  if (share.low > ENOUGH_SHARE) return "too little";
  const isThere = (one: Capacity) => one.users === need.users && isAlike(one.recordBytes, need.recordBytes);
  return share.value !== null && share.by.every(isThere) ? "cannot tell" : "not measured";
}

/** Whether records of one length say something of records of the other. */
export function isAlike(oneBytes: number, otherBytes: number): boolean {
  return oneBytes <= otherBytes * RECORD_TOLERANCE && otherBytes <= oneBytes * RECORD_TOLERANCE;
}
