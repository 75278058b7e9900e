// A map that follows the file to which other processes append as well. How the news of an append comes is what its users
// differ in; a slow poll makes good for news that got lost.
import { join } from "node:path";
import { fileBytes } from "./file-bytes.ts";
import { openAppender } from "./jsonl-appender.ts";
import { followUsers } from "./jsonl-follow.ts";
import { repairTail } from "./jsonl-repair.ts";
import type { StoreFigure, StoreOptions, UserStore } from "./user-store.ts";

/** How processes hear of each other's appends. */
export interface News {
  /** Tells the others of an append; returns at once. Left out where the file itself tells them. */
  readonly tell?: () => void;
  readonly figures?: () => StoreFigure[];
  /** As /info shows them. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly end: () => void | Promise<void>;
}

/**
 * Opens the map over users.jsonl of a data folder.
 * @param pollMs how stale a read can be when news are lost, the look itself not counted
 * @param listen begins to listen, before anything is appended; `ring` is to be called when there may be more in the file
 */
export async function openMapInStep(
  { dataDir, durability, log }: StoreOptions,
  pollMs: number,
  listen: (file: string, ring: () => void) => News | Promise<News>,
): Promise<UserStore> {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);
  const users = await followUsers(file, log);
  const recordsAtStart = users.count();
  const news = await listen(file, users.ring);
  const appender = await openAppender({
    ...{ file, durability, log },
    onAppended(user) {
      users.add(user);
      news.tell?.();
    },
  });
  const poll = setInterval(users.ring, pollMs).unref();
  // What came before there was anybody to ring.
  users.ring();

  return {
    findById: (id) => users.get(id) ?? null,
    insert: appender.append,
    check: () => {},
    describe: () => {
      const { durability, settings } = appender.describe();
      return {
        recordsAtStart,
        dataBytes: fileBytes(file),
        durability,
        settings: { ...settings, ...news.settings, pollMs },
      };
    },
    figures: () => [...users.figures(), ...(news.figures?.() ?? [])],
    async [Symbol.asyncDispose]() {
      clearInterval(poll);
      await appender[Symbol.asyncDispose]();
      users[Symbol.dispose]();
      await news.end();
    },
  };
}
