// LevelDB: the log-structured merge tree that others were made after, in C++, in the process. Keys are ids, values users as JSON.
//
//   read         its table in memory, then a sorted file or a few, a block each; a block that was read is cached (8 MB)
//   write        a read, for LevelDB itself would replace the user; then one record of its log, shared by all who come at once.
//                After a write that failed it is opened again, as soon as there is space; where that fails, nothing can be read until
//                it is tried again, after a second or more
//   start        the users are counted: LevelDB does not know how many there are
//   memory       two tables of 4 MB, the cache, what the open files' indexes take
//   durability   the process: its log's record is with the system when POST is answered; DURABILITY=power syncs it. Without that a
//                power cut may leave a new store that does not open
//   breaks on    a second process, which it refuses
//   prefer       it to one's own tree, always; SQLite where there are other questions than the key
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { StoreUnavailable } from "../storage/faults.ts";
import { folderBytes } from "../storage/folder-bytes.ts";
import { openLevelDatabase } from "../storage/level-database.ts";
import { readPackageVersion } from "../storage/package-version.ts";
import { createUniqueInsert } from "../storage/unique-inserts.ts";
import type { User } from "../storage/user.ts";
import type { InsertOutcome, OpenStore } from "../storage/user-store.ts";

/** LevelDB's own defaults, given so that they are what is printed. */
const SETTINGS = {
  writeBufferBytes: 4 << 20,
  cacheBytes: 8 << 20,
  blockBytes: 4_096,
  compression: true,
} as const;

export const openLeveldb: OpenStore = async ({ dataDir, durability }) => {
  const folder = join(dataDir, "store");
  mkdirSync(folder, { recursive: true });
  const sync = durability === "power";
  const { writeBufferBytes, cacheBytes, blockBytes, compression } = SETTINGS;
  const level = await openLevelDatabase(
    folder,
    { writeBufferSize: writeBufferBytes, cacheSize: cacheBytes, blockSize: blockBytes, compression },
    sync,
  );
  const { db } = level;

  // Two ids that are no whole characters could be one key.
  const find = (id: string): User | null => {
    if (db.status !== "open") throw new StoreUnavailable("LevelDB starts again after a failed write");
    const user = id === "" ? undefined : db.getSync(id);
    return user?.id === id ? user : null;
  };
  const insertNew = createUniqueInsert((id) => find(id) !== null, level.write);
  const insertMany = async (users: readonly User[]): Promise<InsertOutcome> => {
    await level.mend();
    return insertNew(users);
  };
  let recordsAtStart = 0;
  for await (const _ of db.keys()) recordsAtStart++;

  return {
    findById: find,
    insert: (user) => insertMany([user]),
    insertMany,
    users: () => db.values(),
    check: () => void find("nobody"),
    describe: () => ({
      recordsAtStart,
      dataBytes: folderBytes(folder),
      durability: sync ? "power" : "process",
      settings: { ...SETTINGS, sync },
      versions: { "classic-level (npm)": readPackageVersion("classic-level") },
    }),
    [Symbol.asyncDispose]: () => level[Symbol.asyncDispose](),
  };
};
