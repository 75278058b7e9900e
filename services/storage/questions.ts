// Questions beside that for a user's id. What a store can answer of them is a capability of its approach's row.
//
// Lists have the newest users first; of two that were created at the same time the one with the greater id comes first.
// Times are compared as text, which is what ISO 8601 in UTC is made for; so are emails and ids.
import type { Order } from "./order.ts";
import { singleFlight } from "./single-flight.ts";
import type { User } from "./user.ts";

type Answer<T> = T | Promise<T>;

export interface Questions {
  /** Lists users with this email: nothing keeps several from having it. */
  byEmail(email: string, limit: number): Answer<User[]>;
  /** Lists users whose email has this behind its first @. */
  byDomain(domain: string, limit: number): Answer<User[]>;
  /** Lists users who were created then or later. */
  since(time: string, limit: number): Answer<User[]>;
  /** Counts users who were created then or later. */
  countSince(time: string): Answer<number>;
  /** Counts the orders of a user; null when there is no such user. */
  ordersOfUser(userId: string): Answer<number | null>;
  /** Lists users with their numbers of orders. */
  ordersByUser(limit: number): Answer<UserOrders[]>;
  /** Stores an order and takes its piece from the inventory: both or neither, whatever happens and whoever orders
   * meanwhile. What it survives is what an insert survives. */
  order(order: Order): Answer<OrderOutcome>;
}

export type Question = keyof Questions;

/** What stands in a path where an id would, and asks a question instead: nobody with such an id is found over HTTP. */
export const UNASKED_IDS: readonly string[] = ["count"];

/** "unknown": there is no such user or item. In both of the latter nothing is changed. */
export type OrderOutcome = "ordered" | "sold out" | "unknown";

/** A user and how many orders there are of them. */
export interface UserOrders {
  readonly id: string;
  readonly name: string;
  readonly orders: number;
}

/** What can be asked of users alone. */
export const USER_QUESTIONS = ["byEmail", "byDomain", "since", "countSince"] as const satisfies Question[];
/** What needs orders. */
export const ORDER_QUESTIONS = ["ordersOfUser", "ordersByUser", "order"] as const satisfies Question[];
export const QUESTIONS = [...USER_QUESTIONS, ...ORDER_QUESTIONS] as const;

export type UserQuestions = Pick<Questions, (typeof USER_QUESTIONS)[number]>;
export type OrderQuestions = Pick<Questions, (typeof ORDER_QUESTIONS)[number]>;

/** How many users a list has at most, and where nobody says. */
export const MAX_LIMIT = 100;
export const DEFAULT_LIMIT = 50;

/** Returns methods that do what the given ones do, each within `run`. */
export function runEach<Methods extends Partial<Questions>>(
  methods: Methods,
  run: (method: () => unknown) => unknown,
): Methods {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    (...args: unknown[]) => run(() => (method as (...args: unknown[]) => unknown)(...args)),
  ]);
  return Object.fromEntries(wrapped) as Methods;
}

/**
 * Returns questions about orders that are made ready when the first is asked: who is never asked pays nothing for them, not for
 * their modules either. What cannot be made ready is tried again with the next question.
 */
export function askLater(makeReady: () => Promise<OrderQuestions>): OrderQuestions {
  let ready: OrderQuestions | undefined;
  const start = singleFlight(async () => {
    ready = await makeReady();
  });
  const ask = async <Name extends keyof OrderQuestions>(name: Name): Promise<OrderQuestions[Name]> => {
    if (ready === undefined) await start();
    return (ready as OrderQuestions)[name];
  };
  return {
    ordersOfUser: async (userId) => (await ask("ordersOfUser"))(userId),
    ordersByUser: async (limit) => (await ask("ordersByUser"))(limit),
    order: async (order) => (await ask("order"))(order),
  };
}

/** Returns what stands behind the first @, or all of it where there is none. */
export function domainOf(email: string): string {
  return email.slice(email.indexOf("@") + 1);
}

/** Compares users as lists have them. */
export function compareNewest(a: User, b: User): number {
  if (a.created_at !== b.created_at) return a.created_at > b.created_at ? -1 : 1;
  return a.id > b.id ? -1 : Number(a.id < b.id);
}
