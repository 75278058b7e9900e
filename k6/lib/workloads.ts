// The workloads: what is asked of a service. Pure, and the same for every load generator.
import type { Random } from "./random.ts";
import { FIRST_UNSTORED_INDEX } from "./users.ts";

/** One request to make. `index` names the seeded user that is asked for or sent. */
export interface Operation {
  readonly kind: "find" | "miss" | "create";
  readonly index: number;
}

export interface Workload {
  /** What it shows, in a few words. */
  readonly description: string;
  /** Whether it creates users: only for approaches that write, and on a copy of the data. */
  readonly writes: boolean;
  /** Whether the answers depend on which users are stored, which a store of nothing cannot know. */
  readonly needsStoredUsers: boolean;
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
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;
