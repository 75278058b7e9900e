// Which part of what an approach can do a load is, by the measured sizes around it. Pure.
import type { Capacity } from "./capacity.ts";
import type { Need } from "./need.ts";

/** Above this part of the capacity waiting grows without measure; the open loads of a bench end there as well. */
export const ENOUGH_SHARE = 0.75;
/** Records may be so many times as long as those that were measured, or as short. */
const RECORD_TOLERANCE = 2;

/** What a capacity is bound to. */
type Where = Pick<Need, "users" | "recordBytes" | "memoryBytes">;

/** Nobody knows the length of records better than that: within a tenth they take the same memory. */
const SAME_LENGTH = 1.1;

/** Returns how many times the memory records of one length take at most, beside that of others. Longer ones take more, at most
 * in proportion. */
export function stretchOf(bytes: number, measuredBytes: number): number {
  const times = bytes / measuredBytes;
  return times <= SAME_LENGTH ? 1 : times;
}

/** Whether records of one length take no more memory than others. */
export function isNoLonger(oneBytes: number, otherBytes: number): boolean {
  return oneBytes <= otherBytes * SAME_LENGTH;
}

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
  /** Those that the low end is from. */
  readonly lowBy: readonly Capacity[];
}

/** An operation at its rate, and what is known of it. */
interface Demand {
  readonly perSecond: number;
  readonly capacities: readonly Capacity[];
}

/**
 * Adds up what reads and writes take of one process's time, each as its rate over its capacity. Nothing is extrapolated:
 * more and longer records, and less memory, cost as much or more, never less, so a larger measured size with no more memory
 * says what is enough, and a smaller one with no less what is not.
 */
export function findLoadShare(need: Where, demands: readonly Demand[]): LoadShare {
  const shares = demands.filter(({ perSecond }) => perSecond > 0).map((demand) => shareOf(need, demand));
  const values = shares.map(({ value }) => value);
  return {
    value: values.includes(null) ? null : sum(values.map(Number)),
    low: sum(shares.map(({ low }) => low)),
    high: sum(shares.map(({ high }) => high)),
    by: shares.flatMap(({ by }) => by),
    lowBy: shares.flatMap(({ lowBy }) => lowBy),
  };
}

/** What one operation takes. */
function shareOf(where: Where, { perSecond, capacities }: Demand): LoadShare {
  const { users, recordBytes } = where;
  const isAbove = (one: Capacity) =>
    one.users >= users && recordBytes <= one.recordBytes * RECORD_TOLERANCE && isMemoryEnough(one, where);
  const isBelow = (one: Capacity) =>
    one.users <= users && one.recordBytes <= recordBytes * RECORD_TOLERANCE && isMemoryNoLess(one, where);
  const full = capacities.filter((one) => !isPartial(one));
  const pick = (of: readonly Capacity[]) => pickNearest(of, users, recordBytes);
  const least = pickQuickest(capacities.filter((one) => isPartial(one) && isAbove(one)));
  const above = pickQuickest([pick(full.filter(isAbove)), least].filter((one) => one !== undefined));
  const below = pick(full.filter(isBelow));
  const nearest = above ?? below ?? pick(capacities);
  return {
    value: nearest === undefined ? null : perSecond / nearest.requestsPerSecond.value,
    low: below === undefined ? 0 : perSecond / below.requestsPerSecond.high,
    high: above === undefined ? Number.POSITIVE_INFINITY : perSecond / above.requestsPerSecond.low,
    by: nearest === undefined ? [] : [nearest],
    lowBy: below === undefined ? [] : [below],
  };
}

/** Whether it could do the same with the memory that there is. */
export function isMemoryEnough(one: Capacity, { recordBytes, memoryBytes }: Where): boolean {
  if (memoryBytes === null || (!isPartial(one) && one.hadMemoryBytes <= memoryBytes)) return true;
  const { enoughMemoryBytes: enough } = one;
  return enough !== null && enough * stretchOf(recordBytes, one.recordBytes) <= memoryBytes;
}

/** Whether it had as much memory as there is, or all that it could use. */
function isMemoryNoLess(one: Capacity, { memoryBytes }: Where): boolean {
  const { hadMemoryBytes: had, enoughMemoryBytes: enough } = one;
  return memoryBytes === null || had >= memoryBytes || (enough !== null && enough < had);
}

/** Each is sure: what did the most says the most. */
function pickQuickest(capacities: readonly Capacity[]): Capacity | undefined {
  return capacities.toSorted((a, b) => b.requestsPerSecond.low - a.requestsPerSecond.low)[0];
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

/** Whether it was asked for less than it can do. */
export function isPartial({ requestsPerSecond }: Capacity): boolean {
  return requestsPerSecond.high === Number.POSITIVE_INFINITY;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

export type Enough = "enough" | "too little" | "cannot tell" | "not measured";

/** Judges whether a load is at most ENOUGH_SHARE of the capacity. */
export function judgeShare(share: LoadShare, need: Where): Enough {
  if (share.high <= ENOUGH_SHARE) return "enough";
  if (share.low > ENOUGH_SHARE) return "too little";
  const isThere = (one: Capacity) =>
    !isPartial(one) &&
    one.users === need.users &&
    isAlike(one.recordBytes, need.recordBytes) &&
    isMemoryEnough(one, need);
  return share.value !== null && share.by.every(isThere) ? "cannot tell" : "not measured";
}

/** Whether records of one length say something of records of the other. */
export function isAlike(oneBytes: number, otherBytes: number): boolean {
  return oneBytes <= otherBytes * RECORD_TOLERANCE && otherBytes <= oneBytes * RECORD_TOLERANCE;
}
