// The tree as a store of users: one folder, one process.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { folderBytes } from "../folder-bytes.ts";
import { lockFolder } from "../folder-lock.ts";
import { toPlainUser } from "../user.ts";
import type { StoreOptions, UserStore } from "../user-store.ts";
import { BITS_PER_ID } from "./bloom-filter.ts";
import { listFigures, readAmplification, writeAmplification } from "./counters.ts";
import { BLOCK_BYTES } from "./table.ts";
import { openTree } from "./tree.ts";

/**
 * Opens the tree of a data folder as a store of users.
 * @param memoryTableBytes of a log that becomes a table
 */
export async function openLsmStore(options: StoreOptions, memoryTableBytes: number): Promise<UserStore> {
  const { dataDir, durability, log } = options;
  const folder = join(dataDir, "store");
  mkdirSync(folder, { recursive: true });
  const syncs = durability === "power";
  using opening = new DisposableStack();
  const lock = opening.use(lockFolder(folder));
  const tree = await openTree({ folder, syncs, log, memoryTableBytes });
  opening.move();
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
      durability: syncs ? "power" : "process",
      settings: {
        openFlags: tree.readFlags(),
        ...{ fdatasync: syncs, memoryTableBytes, blockBytes: BLOCK_BYTES, bitsPerId: BITS_PER_ID },
        tables: tree.tables().length,
        writeAmplification: writeAmplification(tree.counters),
        readAmplification: readAmplification(tree.counters),
      },
    }),
    figures: () => listFigures(tree.counters, tree.tables().length),
    async [Symbol.asyncDispose]() {
      await tree[Symbol.asyncDispose]();
      lock[Symbol.dispose]();
    },
  };
}
