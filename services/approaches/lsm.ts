// LSM tree: what is written goes to a log and a table in memory; when that is full it is sorted and becomes a file that never
// changes; files of one size are merged into one of the next. Binary search for what is old, a map for what is new.
//
//   read         the map; then each table's Bloom filter, and one block of 4 kB of the table that has the id (of another, by
//                mistake, once in 120 times)
//   write        a read, for the id must be new; one line of the log, shared by all who come at once. Later each user is
//                written again for each size of table there is: about five times in all at a million
//   memory       what is new, at most three logs of 4 MB; 10 bits and about 3 bytes of index for each user on the disk
//   durability   the process: the system has the line when POST is answered. DURABILITY has other levels
//   breaks on    a second process, which it refuses: each would write tables that the other does not know
//   prefer       it where many write and the data does not fit in memory; docs/LSM.md
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { folderBytes } from "../storage/folder-bytes.ts";
import { lockFolder } from "../storage/folder-lock.ts";
import { BITS_PER_ID } from "../storage/lsm/bloom-filter.ts";
import { listFigures, readAmplification, writeAmplification } from "../storage/lsm/counters.ts";
import { BLOCK_BYTES } from "../storage/lsm/table-facts.ts";
import { MEMORY_TABLE_BYTES, openTree } from "../storage/lsm/tree.ts";
import { toPlainUser } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openLsm: OpenStore = async ({ dataDir, durability, log }) => {
  const folder = join(dataDir, "store");
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  const syncs = durability === "power";
  const isAnsweredBeforeWrite = durability === "none";
  const tree = await openTree({ folder, syncs, isAnsweredBeforeWrite, log }).catch((error) => {
    lock[Symbol.dispose]();
    throw error;
  });
  const recordsAtStart = tree.count();

  return {
    findById: tree.find,
    insert: (user) => tree.insert([toPlainUser(user)]),
    insertMany: (users) => tree.insert(users.map(toPlainUser)),
    users: tree.users,
    check: () => {},
    describe: () => ({
      recordsAtStart,
      dataBytes: folderBytes(folder),
      durability: isAnsweredBeforeWrite ? "nothing" : syncs ? "power" : "process",
      settings: {
        openFlags: tree.readFlags() ?? "not open",
        fdatasync: syncs,
        isAnsweredBeforeWrite,
        memoryTableBytes: MEMORY_TABLE_BYTES,
        blockBytes: BLOCK_BYTES,
        bitsPerId: BITS_PER_ID,
        tables: tree.tables().length,
        writeAmplification: writeAmplification(tree.counters),
        readAmplification: readAmplification(tree.counters),
      },
    }),
    figures: () => listFigures(tree.counters, { tables: tree.tables().length }),
    async [Symbol.asyncDispose]() {
      await tree[Symbol.asyncDispose]();
      lock[Symbol.dispose]();
    },
  };
};
