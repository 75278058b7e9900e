// Fills a store whose files only its approach can write: opened in an empty folder, given all users, closed.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { parseUser, type User } from "../../services/storage/user.ts";
import type { InsertOutcome, StoreOptions, UserStore } from "../../services/storage/user-store.ts";
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
 * @throws Error that names the file and the lines in which an id comes again
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
    const storeBatch = async () => {
      const lines = `${dataFile}, lines ${done + 1} to ${done + batch.length}`;
      if ((await insertBatch(store, batch)) === "duplicate")
        throw new Error(`${lines}: expected ids that no line before has`);
      done += batch.length;
      batch = [];
    };
    for (const { text } of readTextLines(source.fd)) {
      batch.push(parseUser(text ?? ""));
      if (batch.length < BATCH_USERS) continue;
      await storeBatch();
      await pauseWork(options, done, size);
    }
    if (batch.length > 0) await storeBatch();
    await pauseWork(options, size, size);
  }
  for (const name of readdirSync(join(dataDir, "store"))) syncFile(join(dataDir, "store", name));
}

async function insertBatch(store: UserStore, batch: readonly User[]): Promise<InsertOutcome> {
  if (store.insertMany !== undefined) return store.insertMany(batch);
  for (const user of batch) if ((await store.insert(user)) === "duplicate") return "duplicate";
  return "inserted";
}
