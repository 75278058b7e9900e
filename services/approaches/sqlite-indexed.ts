// SQLite with an index for each question. Every index is one more B-tree, kept by the database and never wrong: a question
// becomes a descent and a walk over neighbours.
//
//   read         by email, domain or time: one descent of that index, and the rows it names. A count since a time walks
//                over all of them, a list stops at its limit
//   write        a user goes into four indexes instead of one, in the same transaction
//   memory       as without indexes; the file's users take between two and three times the room (measured: docs/QUESTIONS.md)
//   durability   power, as without
//   prefer       it as soon as there is a second question
import { CREATE_SQLITE_INDEXES } from "../storage/sql-indexes.ts";
import type { OpenStore } from "../storage/user-store.ts";
import { LESSON_FORM, openSqliteForm } from "./sqlite.ts";

export const openSqliteIndexed: OpenStore = (options) =>
  openSqliteForm(options, { ...LESSON_FORM, create: CREATE_SQLITE_INDEXES });
