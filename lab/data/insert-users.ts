// Inserting records into an open users.db, many rows per statement.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parseUser } from "../../services/storage/user.ts";
import { createFieldPlaces, locateFields } from "./record-shape.ts";
import type { RecordView } from "./record-view.ts";

/** The table of users.db. Whoever comes first creates it, service or import. */
export const CREATE_USERS_TABLE = `CREATE TABLE IF NOT EXISTS users(
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at TEXT NOT NULL
)`;

/** More rows per statement save no more time. */
const ROWS_PER_STATEMENT = 32;
const COLUMNS = 4;

export interface UserInserter {
  /** Inserts the record's user, unless the table has its id. May wait for more records before it does. */
  add(record: RecordView): void;
  /** Inserts those that still wait. */
  finish(): void;
}

export function createInserter(database: DatabaseSync): UserInserter {
  const insertMany = prepareInsert(database, ROWS_PER_STATEMENT);
  let values: string[] = [];
  return {
    add: (record) => {
      pushFields(values, record);
      if (values.length < ROWS_PER_STATEMENT * COLUMNS) return;
      insertMany.run(...values);
      values = [];
    },
    finish: () => {
      if (values.length > 0) prepareInsert(database, values.length / COLUMNS).run(...values);
      values = [];
    },
  };
}

function prepareInsert(database: DatabaseSync, rows: number): StatementSync {
  const places = Array(rows).fill("(?, ?, ?, ?)").join(", ");
  return database.prepare(`INSERT OR IGNORE INTO users(id, name, email, created_at) VALUES ${places}`);
}

const places = createFieldPlaces();

function pushFields(values: string[], { bytes, lineStart, lineEnd }: RecordView): void {
  if (locateFields(bytes, lineStart, lineEnd, places) === lineEnd) {
    for (let i = 0; i < places.length; i += 2) values.push(bytes.toString("utf8", places[i], places[i + 1]));
  } else {
    const user = parseUser(bytes.toString("utf8", lineStart, lineEnd));
    values.push(user.id, user.name, user.email, user.created_at);
  }
}
