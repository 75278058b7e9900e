// The workloads: what is asked of a service. Pure, and the same for every load generator.

import { SINCE_STEPS } from "./answers.ts";
import type { Random } from "./random.ts";
import { PLENTIFUL_ITEMS } from "./shop.ts";
import { DOMAINS, FIRST_UNSTORED_INDEX } from "./users.ts";

/** One request to make. `index` names the seeded user that is asked for or sent; of a question about many users, which of
 * its few forms it has. */
export type Operation =
  | { [Kind in PlainKind]: { readonly kind: Kind; readonly index: number } }[PlainKind]
  | { readonly kind: "order"; readonly index: number; readonly item: number };

type PlainKind = "find" | "miss" | "create" | Exclude<Question, "order">;

/** The questions beside that for an id, as services/storage/questions.ts has them. */
export type Question =
  | "byEmail"
  | "byDomain"
  | "since"
  | "countSince"
  | "ordersOfUser"
  | "ordersByUser"
  | "order";

export interface Workload {
  /** What it shows, in a few words. */
  readonly description: string;
  /** Whether it creates users: only for approaches that write, and on a copy of the data. */
  readonly writes: boolean;
  /** Whether the answers depend on which users are stored, which a store of nothing cannot know. */
  readonly needsStoredUsers: boolean;
  /** What it asks beside the users by their ids: only of approaches that answer it. */
  readonly asks?: Question;
  /** Whether it is about orders, of which some are to be stored: data of their own. */
  readonly needsOrders?: true;
  /** Whether the right answers are to be computed before the load. */
  readonly needsAnswers?: true;
  /** Chooses the next operation on a store of `size` seeded users. */
  readonly next: (random: Random, size: number) => Operation;
}

const UNSTORED_USERS = 0x7fffffff;
const READS_PER_MIXED_HUNDRED = 95;

function findAny(random: Random, size: number): Operation {
  return { kind: "find", index: random(size) };
}

function createAny(random: Random): Operation {
  return { kind: "create", index: FIRST_UNSTORED_INDEX + random(UNSTORED_USERS) };
}

function findMissing(random: Random): Operation {
  return { kind: "miss", index: FIRST_UNSTORED_INDEX + random(UNSTORED_USERS) };
}

export const workloads = {
  read: {
    description: "GET of existing ids chosen uniformly: the lessons' workload",
    writes: false,
    needsStoredUsers: false,
    next: findAny,
  },
  create: {
    description: "POST of new users",
    writes: true,
    needsStoredUsers: false,
    next: createAny,
  },
  mixed: {
    description: "95 % GET of existing ids, 5 % POST",
    writes: true,
    needsStoredUsers: false,
    next: (random, size) =>
      random(100) < READS_PER_MIXED_HUNDRED ? findAny(random, size) : createAny(random),
  },
  miss: {
    description: "GET of ids that do not exist",
    writes: false,
    needsStoredUsers: true,
    next: findMissing,
  },
  last: {
    description: "GET of the last record of the file as seeded",
    writes: false,
    needsStoredUsers: false,
    next: (_random, size) => ({ kind: "find", index: size - 1 }),
  },
  "by-email": {
    description: "GET of users by email, chosen uniformly",
    writes: false,
    needsStoredUsers: true,
    asks: "byEmail",
    next: (random, size) => ({ kind: "byEmail", index: random(size) }),
  },
  "by-domain": {
    description: "GET of the 50 newest users of an email domain, which a quarter of all users have",
    writes: false,
    needsStoredUsers: true,
    asks: "byDomain",
    needsAnswers: true,
    next: (random) => ({ kind: "byDomain", index: random(DOMAINS.length) }),
  },
  since: {
    description: "GET of the 50 newest users created since a time",
    writes: false,
    needsStoredUsers: true,
    asks: "since",
    needsAnswers: true,
    next: (random) => ({ kind: "since", index: random(SINCE_STEPS) }),
  },
  "count-since": {
    description: "GET of the number of users created since a time, half of them on average",
    writes: false,
    needsStoredUsers: true,
    asks: "countSince",
    needsAnswers: true,
    next: (random) => ({ kind: "countSince", index: random(SINCE_STEPS) }),
  },
  "orders-of-user": {
    description: "GET of one user's number of orders",
    writes: false,
    needsStoredUsers: true,
    asks: "ordersOfUser",
    needsOrders: true,
    next: (random, size) => ({ kind: "ordersOfUser", index: random(size) }),
  },
  "orders-by-user": {
    description: "GET of the 50 newest users with their numbers of orders",
    writes: false,
    needsStoredUsers: true,
    asks: "ordersByUser",
    needsOrders: true,
    needsAnswers: true,
    next: () => ({ kind: "ordersByUser", index: 0 }),
  },
  order: {
    description: "POST of orders of existing users, of items of which there are enough",
    writes: true,
    needsStoredUsers: true,
    asks: "order",
    needsOrders: true,
    next: (random, size) => ({ kind: "order", index: random(size), item: random(PLENTIFUL_ITEMS) }),
  },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;

/** The workloads that ask for more than users by their ids. */
export const questionWorkloads = (Object.keys(workloads) as WorkloadName[]).filter(
  (name) => "asks" in workloads[name],
);
