// A connection of a writer or a reader, to one of the services. A service that cannot be reached or is killed is part of
// what is asked here, so nothing is thrown: it is a reply of its own kind.
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, type Conversation, openConversation } from "../load/conversation.ts";
import type { formatRequest } from "../load/wire.ts";
import type { Address } from "../targets/service-group.ts";

/** A service that refuses connections, or has broken one, is asked again no sooner. */
const PAUSE_MS = 20;

/** An answer, or what happened instead of one: "timeout", "ECONNRESET". */
export type Reply = Answer | { readonly error: string };

export interface Lane extends Disposable {
  /** Which service it asks, from 1. */
  readonly process: number;
  /** Sends a request; the one before it has been answered. @throws the signal's reason, when that is aborted */
  readonly ask: (request: Parameters<typeof formatRequest>[0]) => Promise<Reply>;
}

/** @param waitLimitMs how long an answer is waited for, and the connection before it */
export function createLane(
  address: Address,
  process: number,
  { waitLimitMs, signal }: { readonly waitLimitMs: number; readonly signal: AbortSignal },
): Lane {
  let conversation: Conversation | null = null;
  let patience = new AbortController();

  async function open(): Promise<Conversation> {
    return openConversation({ ...address, signal: patience.signal });
  }

  function drop(): void {
    conversation?.[Symbol.dispose]();
    conversation = null;
    patience = new AbortController();
  }

  const stop = () => patience.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  return {
    process,
    async ask(request) {
      signal.throwIfAborted();
      try {
        const timer = setTimeout(() => patience.abort(new Error("timeout")), waitLimitMs);
        try {
          conversation ??= await open();
          return await conversation.ask(request);
        } finally {
          clearTimeout(timer);
        }
      } catch (error) {
        drop();
        signal.throwIfAborted();
        await sleep(PAUSE_MS);
        const { code, message } = error as NodeJS.ErrnoException;
        return { error: code ?? message };
      }
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      drop();
    },
  };
}

/** Makes lanes to services in turn, so that each has its share of them. */
export function createLanes(
  addresses: readonly Address[],
  connections: number,
  options: Parameters<typeof createLane>[2],
): Lane[] {
  return Array.from({ length: connections }, (_, index) => {
    const place = index % addresses.length;
    return createLane(addresses[place] as Address, place + 1, options);
  });
}
