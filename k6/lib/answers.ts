// The right answers to questions about many users at once: made in one pass over the seeded users, before a load begins.
import { countSeededOrders } from "./shop.ts";
import {
  CREATED_SPAN_SECONDS,
  DOMAINS,
  FIRST_CREATED_MS,
  type SeededUser,
  seededId,
  seededTraits,
  seededUser,
} from "./users.ts";

/** Users are asked for since one of so many times, at equal distances over the span in which they were created. */
export const SINCE_STEPS = 32;
const STEP_MS = (CREATED_SPAN_SECONDS * 1000) / SINCE_STEPS;
/** How many users a list is asked for. */
export const LIST_LIMIT = 50;

/** Bodies, as text. */
export interface Answers {
  /** The newest users since each of the times. */
  readonly since: readonly string[];
  /** How many users there are since each of the times. */
  readonly countSince: readonly string[];
  /** The newest users of each domain. */
  readonly byDomain: readonly string[];
  /** The newest users with their numbers of orders. */
  readonly ordersByUser: string;
}

/** Returns one of the times, ISO 8601. @param step from 0 to SINCE_STEPS - 1 */
export function sinceOf(step: number): string {
  return new Date(sinceMs(step)).toISOString();
}

function sinceMs(step: number): number {
  return FIRST_CREATED_MS + step * STEP_MS;
}

/** Computes the answers for a store of `size` seeded users. */
export function computeAnswers(seed: number, size: number): Answers {
  const all = startNewest(seed);
  const byDomain = DOMAINS.map(() => startNewest(seed));
  const countByStep = new Array<number>(SINCE_STEPS).fill(0);
  for (let index = 0; index < size; index++) {
    const { createdMs, domain } = seededTraits(seed, index);
    all.add({ createdMs, index });
    byDomain[domain]?.add({ createdMs, index });
    const step = Math.floor((createdMs - FIRST_CREATED_MS) / STEP_MS);
    countByStep[step] = (countByStep[step] as number) + 1;
  }
  const steps = Array.from({ length: SINCE_STEPS }, (_, step) => step);
  const newest = all.list();
  const textOf = (dated: readonly Dated[]) => formatUsers(dated.map(({ index }) => seededUser(seed, index)));
  return {
    since: steps.map((step) => textOf(newest.filter(({ createdMs }) => createdMs >= sinceMs(step)))),
    countSince: steps.map((step) => formatCount(countByStep.slice(step).reduce((sum, n) => sum + n, 0))),
    byDomain: byDomain.map((one) => textOf(one.list())),
    ordersByUser: JSON.stringify({
      users: newest.map(({ index }) => {
        const { id, name } = seededUser(seed, index);
        return { id, name, orders: countSeededOrders(seed, index) };
      }),
    }),
  };
}

export function formatUsers(users: readonly SeededUser[]): string {
  return JSON.stringify({ users });
}

export function formatCount(count: number): string {
  return JSON.stringify({ count });
}

interface Dated {
  readonly createdMs: number;
  readonly index: number;
}

/** Keeps the newest of those that are added, ids deciding between those of one time. */
function startNewest(seed: number) {
  const kept: Dated[] = [];
  const isNewer = (a: Dated, b: Dated) =>
    a.createdMs > b.createdMs ||
    (a.createdMs === b.createdMs && seededId(seed, a.index) > seededId(seed, b.index));
  return {
    add(dated: Dated): void {
      const last = kept[LIST_LIMIT - 1];
      if (last !== undefined && !isNewer(dated, last)) return;
      const at = kept.findIndex((other) => isNewer(dated, other));
      kept.splice(at === -1 ? kept.length : at, 0, dated);
      kept.length = Math.min(kept.length, LIST_LIMIT);
    },
    /** Newest first. */
    list: (): readonly Dated[] => kept,
  };
}
