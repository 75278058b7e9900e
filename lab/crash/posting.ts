// Posts without pause that go on until they are told to end, whatever happens to the service meanwhile.
import { DEFAULT_SEED, FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import { type HistoryFindings, startChecker } from "../history/check-history.ts";
import type { Add } from "../history/operation.ts";
import type { Address } from "../targets/service-group.ts";
import { createLane } from "../writers/lane.ts";
import { type Acknowledged, postUser, readUser } from "../writers/operations.ts";
import type { StoredUsers } from "../writers/stored-users.ts";

/** A service that does not answer within this time is one that hangs. */
const WAIT_LIMIT_MS = 10_000;

/** All posts of a case, over as many lives as its service has. */
export interface Ledger {
  /** Acknowledged users, in the order of their acknowledgement. */
  readonly acknowledged: readonly Acknowledged[];
  /** Requests that were answered with another status than 201, or not at all: how many, by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** How many of these were answered with a 5xx: the service itself says that it has failed. */
  readonly refused: () => number;
  /** From now on an answer is no acknowledgement: a machine without power answers nobody, and a system whose disk is taken away
   * in the middle of a sync may call it a success. */
  readonly endAcknowledging: () => void;
  /** Posts over so many connections until it is told to end. */
  readonly post: (address: Address, connections: number, signal: AbortSignal) => Posting;
  /** Posts one user. */
  readonly postOne: (address: Address, signal: AbortSignal) => Promise<Add>;
  readonly conclude: (stored: StoredUsers) => HistoryFindings;
}

export interface Posting {
  /** Begins no further post, and waits for those that were begun. */
  readonly end: () => Promise<void>;
}

export function openLedger(): Ledger {
  const checker = startChecker(0);
  const acknowledged: Acknowledged[] = [];
  const errors: Record<string, number> = {};
  let refused = 0;
  let element = FIRST_UNSTORED_INDEX;
  let isAcknowledging = true;

  async function post(lane: ReturnType<typeof createLane>): Promise<Add> {
    const { add: answered, user, status } = await postUser(lane, element++, DEFAULT_SEED);
    const add: Add =
      isAcknowledging || answered.outcome === "fail" ? answered : { ...answered, outcome: "unknown" };
    checker.take(add);
    if (user !== null && isAcknowledging) acknowledged.push(user);
    else errors[add.error ?? add.outcome] = (errors[add.error ?? add.outcome] ?? 0) + 1;
    if (status !== null && status >= 500) refused++;
    return add;
  }

  const open = (address: Address, signal: AbortSignal) =>
    createLane(address, 1, { waitLimitMs: WAIT_LIMIT_MS, signal });
  return {
    acknowledged,
    errors,
    refused: () => refused,
    endAcknowledging: () => {
      isAcknowledging = false;
    },
    post(address, connections, signal) {
      let isEnding = false;
      const work = async () => {
        using lane = open(address, signal);
        while (!isEnding) await post(lane);
      };
      const all = Promise.all(Array.from({ length: connections }, work));
      // Whoever ends it hears of a failure; until then nobody listens.
      all.catch(() => {});
      return {
        async end() {
          isEnding = true;
          await all;
        },
      };
    },
    async postOne(address, signal) {
      using lane = open(address, signal);
      return post(lane);
    },
    conclude: checker.conclude,
  };
}

/** Asks a service for users; returns how many it did not serve as they were acknowledged. */
export async function countUnserved(
  address: Address,
  users: readonly Acknowledged[],
  signal: AbortSignal,
): Promise<number> {
  using lane = createLane(address, 1, { waitLimitMs: WAIT_LIMIT_MS, signal });
  let unserved = 0;
  for (const user of users) if ((await readUser(lane, user)).outcome !== "found") unserved++;
  return unserved;
}
