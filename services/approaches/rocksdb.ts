// RocksDB: what became of LevelDB for many cores and fast disks. Keys are ids, values users as JSON.
//
//   read         on the package's threads, not the event loop's: who asks in one turn of it goes there together. Then the tables in
//                memory, and a sorted file or a few, each by its Bloom filter and a block; a block that was read is cached (32 MB)
//   write        a read, for RocksDB itself would replace the user; then one record of its log, shared by all who come at once.
//                After a write that failed it is opened again, as soon as there is space; where that fails, nothing can be read until
//                it is tried again, after a second or more
//   start        what the log has becomes a file; how many users there are is what the files say of themselves
//   memory       two tables of 64 MB, the cache, six threads that make and merge files
//   durability   the process: its log's record is with the system when POST is answered. DURABILITY=power syncs the log's file from
//                outside, for the package cannot ask RocksDB to, and shows a user no sooner than that
//   breaks on    a second process, which it refuses
//   prefer       it to LevelDB where several cores merge and data is large; SQLite where there are other questions than the key
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { folderBytes } from "../storage/folder-bytes.ts";
import { readPackageVersion } from "../storage/package-version.ts";
import { openRocksDatabase } from "../storage/rocks-database.ts";
import { createUniqueInsert } from "../storage/unique-inserts.ts";
import type { User } from "../storage/user.ts";
import type { InsertOutcome, OpenStore } from "../storage/user-store.ts";

/** The package's own defaults, given so that they are what is printed. Nothing is compressed: it was built so. */
const SETTINGS = {
  writeBufferBytes: 64 << 20,
  writeBuffers: 2,
  blockBytes: 8_192,
  filterBitsPerUser: 10,
  backgroundJobs: 6,
} as const;

export const openRocksdb: OpenStore = async ({ dataDir, durability }) => {
  const folder = join(dataDir, "store");
  mkdirSync(folder, { recursive: true });
  const sync = durability === "power";
  const rocks = await openRocksDatabase(folder, SETTINGS, sync);

  // Two ids that are no whole characters could be one key.
  const find = async (id: string): Promise<User | null> => {
    const user = id === "" ? null : await rocks.find(id);
    return user?.id === id ? user : null;
  };
  const insertNew = createUniqueInsert(async (id) => (await find(id)) !== null, rocks.write);
  const insertMany = async (users: readonly User[]): Promise<InsertOutcome> => {
    await rocks.mend();
    return insertNew(users);
  };
  const recordsAtStart = await rocks.count();

  return {
    findById: find,
    insert: (user) => insertMany([user]),
    insertMany,
    users: rocks.users,
    check: async () => void (await find("nobody")),
    describe: () => ({
      recordsAtStart,
      dataBytes: folderBytes(folder),
      durability: sync ? "power" : "process",
      settings: { ...SETTINGS, sync },
      versions: { "rocksdb-native (npm)": readPackageVersion("rocksdb-native") },
    }),
    [Symbol.asyncDispose]: () => rocks[Symbol.asyncDispose](),
  };
};
