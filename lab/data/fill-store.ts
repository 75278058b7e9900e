// Fills a store whose files only its approach can write: opened in an empty folder, given all users, closed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { parseUser, type User } from "../../services/storage/user.ts";
import type { StoreOptions, UserStore } from "../../services/storage/user-store.ts";
import { syncFile } from "./replace-file.ts";
import { openSource } from "./source-file.ts";
import { readTextLines } from "./text-lines.ts";
import { pauseWork, type WorkOptions } from "./work.ts";

const BATCH_USERS = 1_000;
/** What a service gives a store where nothing is set. */
export const PLAIN_OPTIONS: Omit<StoreOptions, "dataDir"> = {
  databaseUrl: undefined,
  sqlite: { busyTimeoutMs: 1_000, journalMode: "wal", synchronous: "full" },
  durability: "lesson",
  log: () => {},
};

/**
 * Inserts the users of a data file in their order. It is not that of their ids, as new users' is not.
 * @param options.size how many there are; progress is in users
 */
export async function fillStore(
  options: {
    readonly row: Approach;
    readonly dataDir: string;
    readonly dataFile: string;
    readonly size: number;
  } & WorkOptions,
): Promise<void> {
  const { row, dataDir, dataFile, size } = options;
  const open = await row.load();
  {
    await using store = await open({ ...PLAIN_OPTIONS, dataDir });
    let batch: User[] = [];
    let done = 0;
    using source = openSource(dataFile);
    for (const { text } of readTextLines(source.fd)) {
      batch.push(parseUser(text ?? ""));
      if (batch.length < BATCH_USERS) continue;
      await insertBatch(store, batch);
      done += batch.length;
      batch = [];
      await pauseWork(options, done, size);
    }
    await insertBatch(store, batch);
    await pauseWork(options, size, size);
  }
  for (const name of readdirSync(join(dataDir, "store"))) syncFile(join(dataDir, "store", name));
}

async function insertBatch(store: UserStore, batch: readonly User[]): Promise<void> {
  if (store.insertMany !== undefined) {
    if (batch.length > 0) await store.insertMany(batch);
  } else for (const user of batch) await store.insert(user);
}
