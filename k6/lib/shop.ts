// The seeded orders and the inventory: like the users a pure function, so that nobody needs a file to know them.
import { mix32 } from "./random.ts";
import { seededId } from "./users.ts";

/** An order as it is stored and answered, keys in this order. It is of one piece. */
export interface SeededOrder {
  readonly id: string;
  readonly user_id: string;
  readonly item_id: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly created_at: string;
}

/** Items that nobody can buy up, of which orders are seeded. */
export const PLENTIFUL_ITEMS = 90;
/** All items: behind the plentiful ones a few are scarce, and the last is sold out. */
export const ITEMS = 100;

const PLENTIFUL_STOCK = 1_000_000_000;
const SCARCE_STOCK = 200;
/** How many orders a user has: one on average, unevenly. */
const ORDERS_OF_USERS = [0, 0, 1, 3] as const;
/** More than any of these, so that ids of orders differ. */
const MAX_ORDERS = 4;
/** Makes ids of orders others than those of users. */
const ORDER_SEED = 0x5bd1e995;
const FIRST_ORDERED_MS = Date.UTC(2026, 0, 1);
const ORDERED_SPAN_SECONDS = 180 * 24 * 3600;

/** Returns the id of an item, from 0 on. */
export function itemId(item: number): string {
  return `item-${String(item).padStart(2, "0")}`;
}

/** Returns how many pieces of an item there ever were, those that are sold included. */
export function stockOf(item: number): number {
  if (item === ITEMS - 1) return 0;
  return item < PLENTIFUL_ITEMS ? PLENTIFUL_STOCK : SCARCE_STOCK;
}

/** Returns how many orders a seeded user has. */
export function countSeededOrders(seed: number, user: number): number {
  return ORDERS_OF_USERS[orderWord(seed, user) & 3] as number;
}

/** Returns the orders of one seeded user. `user` is from 0 to 2^30 - 1. */
export function seededOrders(seed: number, user: number): SeededOrder[] {
  const userId = seededId(seed, user);
  return Array.from({ length: countSeededOrders(seed, user) }, (_, number) => {
    const index = user * MAX_ORDERS + number;
    const word = mix32(index ^ mix32(seed ^ ORDER_SEED));
    const second = mix32(word) % ORDERED_SPAN_SECONDS;
    return {
      id: seededId(seed ^ ORDER_SEED, index),
      user_id: userId,
      item_id: itemId(word % PLENTIFUL_ITEMS),
      created_at: new Date(FIRST_ORDERED_MS + second * 1000).toISOString(),
    };
  });
}

function orderWord(seed: number, user: number): number {
  return mix32(user ^ mix32(seed ^ 0x3c6ef372));
}
