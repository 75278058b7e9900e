// SQLite, tuned for one question: the rows are in the tree of their ids, so that there is one descent instead of two, and the file
// is mapped into memory, so that a page that the system has is not copied to be read.
//
//   read         one descent of one tree, whose pages are looked at where they are
//   write        as sqlite's; a row that lands in the middle moves half a page of rows, and not of ids alone
//   start        the users are counted: there is no last row up to which they could be counted later
//   memory       the map counts as the process's own as far as it is read: all of the file after a while
//   durability   as sqlite's
//   prefer       it when nearly all questions are about the id. An error of the disk under a map ends the process
//                (SIGBUS) where a read would have said so, and other questions need indexes that hold an id of 36 bytes
//                where sqlite's hold a rowid
import type { DatabaseSync } from "node:sqlite";
import { readOne } from "../storage/sqlite-connection.ts";
import type { OpenStore } from "../storage/user-store.ts";
import { LESSON_FORM, openSqliteForm } from "./sqlite.ts";

/** More than a database of a million users, and below the most that SQLite can be asked for. */
const MAP_BYTES = 2 ** 30;
/** Of pages that are written, and of those behind the end of the map. SQLite takes a negative number for KiB. */
const CACHE_KIB = 64 * 1024;

export const openSqliteTuned: OpenStore = (options) =>
  openSqliteForm(options, {
    ...LESSON_FORM,
    clustered: true,
    pragmas: { mmap_size: MAP_BYTES, cache_size: -CACHE_KIB },
    startCounting: countNow,
  });

function countNow(db: DatabaseSync): () => number {
  const count = Number(readOne(db, "SELECT count(*) FROM users"));
  return () => count;
}
