// Opening any approach over given users, by what its row says it needs.
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { User } from "../../services/storage/user.ts";
import type { StoreOptions, UserStore } from "../../services/storage/user-store.ts";
import { writeDatabase, writeIndexedUsers, writeUsers } from "./data-files.ts";
import { createFolder, type Folder } from "./folder.ts";
import type { TestServer } from "./postgres.ts";

/** As a service has it where nothing is set. */
export const SQLITE = { busyTimeoutMs: 1_000, journalMode: "wal", synchronous: "full" } as const;

/** The rows of the table, each with its name. */
export const rows: readonly (readonly [string, Approach])[] = Object.entries(approaches);
/** Those of them that are no variants. */
export const mainRows = rows.filter(([, { variantOf }]) => variantOf === undefined);

/** The data of one store, which can be opened again and again. */
export interface StoreData extends Disposable {
  readonly folder: Folder;
  readonly options: StoreOptions;
  /** What the store has said to its operator. */
  readonly log: string[];
  readonly open: () => Promise<UserStore>;
}

/**
 * Writes the data that an approach needs.
 * @param users without them nothing is written, as before the very first start
 */
export async function prepareData(
  approach: Approach,
  users: readonly User[] | undefined,
  database?: TestServer,
): Promise<StoreData> {
  const folder = createFolder();
  const needs = new Set(approach.needs);
  if (users !== undefined) {
    if (needs.has("users.idx")) writeIndexedUsers(folder.path, users);
    else if (needs.has("users.jsonl")) writeUsers(folder.path, users);
    if (needs.has("users.db")) writeDatabase(folder.path, users, approach.clustered);
  }
  const databaseUrl = needs.has("database") ? await database?.createDatabase(users) : undefined;
  const log: string[] = [];
  const options: StoreOptions = {
    dataDir: folder.path,
    databaseUrl,
    sqlite: SQLITE,
    durability: "lesson",
    log: (line) => log.push(line),
  };
  const open = async () => (await approach.load())(options);
  if (needs.has("store") && users !== undefined) {
    await using store = await open();
    await store.insertMany?.(users);
  }
  return {
    folder,
    options,
    log,
    open,
    [Symbol.dispose]: folder[Symbol.dispose],
  };
}
