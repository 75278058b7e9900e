// LMDB: a B+ tree in one file, which is mapped into memory. A read follows pointers there and waits for no lock; a write copies
// the pages on its way down, and one page at the end says which tree is the valid one. Keys are ids, values users as JSON.
//
//   read         one descent, about four pages at a million; what is not in memory is a page fault, and nobody else is served meanwhile
//   write        the pages of one descent again, in a transaction of its own; no log. The event loop waits for the commit, as for
//                SQLite's, and at DURABILITY=power that is for the disk: 50 who come at once are 50 syncs
//   memory       what the system keeps of the file; none of its own
//   durability   the process: committed, and with the system. DURABILITY=power waits for the disk; without that a power cut may
//                also damage the file
//   prefer       it for many reads, by several processes too, as long as memory holds the file; one at a time writes, and the others'
//                event loops wait for their turn
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { folderBytes } from "../storage/folder-bytes.ts";
import { readPackageVersion } from "../storage/package-version.ts";
import { toPlainUser, type User } from "../storage/user.ts";
import type { InsertOutcome, OpenStore } from "../storage/user-store.ts";

/** LMDB takes no longer key. In its encoding a character can take 3 bytes, and zero and one take two. */
const MAX_KEY_BYTES = 1_978;
const MAX_ID_LENGTH = Math.floor(MAX_KEY_BYTES / 3) - 1;

export const openLmdb: OpenStore = async ({ dataDir, durability }) => {
  const folder = join(dataDir, "store");
  mkdirSync(folder, { recursive: true });
  // The package's default, a sync beside the next commit, is not used: docs/decisions/0024-embedded-stores.md.
  const settings = { overlappingSync: false, noSync: durability !== "power" };
  const db = open<User, string>({ path: folder, encoding: "json", ...settings });
  const recordsAtStart = (db.getStats() as { readonly entryCount: number }).entryCount;

  // Two ids that are no whole characters could be one key.
  const find = (id: string): User | null => {
    // Else what another process wrote is not seen for a millisecond or more: the package keeps its view of the tree.
    db.resetReadTxn();
    const user = id === "" || id.length > MAX_ID_LENGTH ? undefined : db.get(id);
    return user?.id === id ? user : null;
  };
  /** All or none: one transaction, whose failed commit throws here. */
  const insertMany = (users: readonly User[]): InsertOutcome =>
    db.transactionSync(() => {
      const ids = new Set(users.map(({ id }) => id));
      if (ids.size < users.length || users.some(({ id }) => find(id) !== null)) return "duplicate";
      for (const user of users) db.putSync(user.id, toPlainUser(user));
      return "inserted";
    });

  return {
    findById: find,
    insert: (user) => insertMany([user]),
    insertMany,
    *users() {
      for (const { value } of db.getRange()) yield value;
    },
    check: () => void find("nobody"),
    describe: () => ({
      recordsAtStart,
      dataBytes: folderBytes(folder),
      durability: durability === "power" ? "power" : "process",
      settings,
      versions: { "lmdb (npm)": readPackageVersion("lmdb") },
    }),
    [Symbol.asyncDispose]: () => db.close(),
  };
};
