// What somebody needs of a store: the questions that decide.
import type { Durability } from "../../services/storage/user-store.ts";

/** Who writes to and reads from the store: one process, several on one machine, or several machines. */
export const SHARINGS = ["one", "several", "machines"] as const;
export type Sharing = (typeof SHARINGS)[number];

/** What is asked: a user by key, users by email, how many users there are since a time, orders of things that run out. Each
 * with the workloads that measure such reads and the writes behind them, and what the row of an approach must answer. */
export const ASKS = {
  key: { read: "read", write: "create", answers: [] },
  email: { read: "by-email", write: "create", answers: ["byEmail"] },
  counts: { read: "count-since", write: "create", answers: ["countSince"] },
  orders: { read: "orders-of-user", write: "order", answers: ["ordersOfUser", "order"] },
} as const;
export type Ask = keyof typeof ASKS;

/** Returns the workloads of these reads or writes, each once. */
export function listWorkloads(asks: readonly Ask[], operation: "read" | "write"): string[] {
  return [...new Set(asks.map((ask) => ASKS[ask][operation]))];
}

/** The weaker first: whoever needs one is served by those behind it as well. */
export const SURVIVALS = ["nothing", "process", "power"] as const satisfies readonly Durability[];

export interface Need {
  readonly users: number;
  /** At the busiest time. */
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** Of one record, as a line of JSON. */
  readonly recordBytes: number;
  /** What the machine or container has; null where nobody asks: as much as there was when it was measured. */
  readonly memoryBytes: number | null;
  readonly processes: Sharing;
  /** What an acknowledged write must survive. */
  readonly survives: Durability;
  readonly asks: readonly Ask[];
}

/** What turns requests per second into users per day. */
export interface DayAssumptions {
  readonly requestsPerUserAndDay: number;
  /** How many times the mean of a day its busiest time is. */
  readonly peakFactor: number;
}

const SECONDS_PER_DAY = 24 * 3600;

/** Returns how many users a day make so many requests per second at its busiest time. */
export function dailyUsersOf(
  requestsPerSecond: number,
  { requestsPerUserAndDay, peakFactor }: DayAssumptions,
): number {
  return (requestsPerSecond * SECONDS_PER_DAY) / (requestsPerUserAndDay * peakFactor);
}

/** Whether what survives `one` is what was asked for, or more. */
export function survivesAtLeast(one: Durability, asked: Durability): boolean {
  return SURVIVALS.indexOf(one) >= SURVIVALS.indexOf(asked);
}
