// Many who order at the same time, over HTTP.
import { startRandom } from "../../k6/lib/random.ts";
import { seededId } from "../../k6/lib/users.ts";
import { openConversation } from "../load/conversation.ts";
import type { Address } from "../targets/service-group.ts";

export interface Ordered {
  /** Ids of the orders that were answered 201. */
  readonly acknowledged: readonly string[];
  /** How many were answered 409: none was left. */
  readonly soldOut: number;
  /** How many were answered 503: a lock was held for too long, and nothing was stored. */
  readonly refused: number;
  /** Any other answers and failures: how many, by what they were. */
  readonly others: Readonly<Record<string, number>>;
}

/** Sends orders over all connections at once, each as soon as the one before it is answered, until there is nothing
 * more to be ordered or nobody can be reached any more.
 * @param nextItem says what is ordered next; null for no more
 * @param onAnswer called with the number of answers so far, and the status of this one */
export async function placeOrders(options: {
  readonly addresses: readonly Address[];
  readonly connections: number;
  readonly nextItem: () => string | null;
  /** Buyers are drawn from so many seeded users. */
  readonly size: number;
  readonly dataSeed: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onAnswer?: (answers: number, status: number) => void;
}): Promise<Ordered> {
  const { addresses, connections, nextItem, size, dataSeed, signal } = options;
  const random = startRandom(options.seed);
  const acknowledged: string[] = [];
  const others: Record<string, number> = {};
  let [answers, soldOut, refused] = [0, 0, 0];

  async function orderOn(address: Address): Promise<void> {
    using conversation = await openConversation({ ...address, signal });
    for (let item = nextItem(); item !== null; item = nextItem()) {
      const body = JSON.stringify({ user_id: seededId(dataSeed, random(size)), item_id: item });
      const answer = await conversation.ask({ method: "POST", path: "/orders", body });
      answers++;
      if (answer.status === 201) acknowledged.push(JSON.parse(answer.body).id);
      else if (answer.status === 409) soldOut++;
      else if (answer.status === 503) refused++;
      else count(`status ${answer.status}`);
      options.onAnswer?.(answers, answer.status);
    }
  }
  const count = (what: string) => {
    others[what] = (others[what] ?? 0) + 1;
  };
  const lanes = Array.from({ length: connections }, (_, lane) =>
    orderOn(addresses[lane % addresses.length] as Address).catch((error: Error) => count(error.message)),
  );
  await Promise.all(lanes);
  signal.throwIfAborted();
  return { acknowledged, soldOut, refused, others };
}

/** So many orders of one item. */
export function repeatItem(item: string, requests: number): () => string | null {
  let sent = 0;
  return () => (sent++ < requests ? item : null);
}
