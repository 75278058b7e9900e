// Inserting records into an open users.db, many rows per statement.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CREATED_AT_KEY, EMAIL_KEY, NAME_KEY } from "../../services/storage/record-shape.ts";
import { parseUser } from "../../services/storage/user.ts";
import { isUsualShape, type RecordView } from "./record-view.ts";

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
  const values: string[] = Array(ROWS_PER_STATEMENT * COLUMNS).fill("");
  let used = 0;
  return {
    add: (record) => {
      readFields(record, values, used);
      used += COLUMNS;
      if (used < values.length) return;
      insertMany.run(...values);
      used = 0;
    },
    finish: () => {
      if (used > 0) prepareInsert(database, used / COLUMNS).run(...values.slice(0, used));
      used = 0;
    },
  };
}

function prepareInsert(database: DatabaseSync, rows: number): StatementSync {
  const places = Array(rows).fill("(?, ?, ?, ?)").join(", ");
  return database.prepare(`INSERT OR IGNORE INTO users(id, name, email, created_at) VALUES ${places}`);
}

/** Writes id, name, email and created_at of a record to values[at] and the three that follow. */
function readFields(record: RecordView, values: string[], at: number): void {
  const { bytes, lineStart, lineEnd } = record;
  const line = bytes.toString("utf8", lineStart, lineEnd);
  // In a string as long as its bytes every character took one byte: places in the bytes are places in the string.
  if (line.length === lineEnd - lineStart && isUsualShape(record)) {
    const idEnd = record.idEnd - lineStart;
    const nameStart = idEnd + NAME_KEY.length;
    const nameEnd = line.indexOf('"', nameStart);
    const emailStart = nameEnd + EMAIL_KEY.length;
    const emailEnd = line.indexOf('"', emailStart);
    values[at] = line.slice(record.idStart - lineStart, idEnd);
    values[at + 1] = line.slice(nameStart, nameEnd);
    values[at + 2] = line.slice(emailStart, emailEnd);
    values[at + 3] = line.slice(emailEnd + CREATED_AT_KEY.length, -'"}'.length);
    return;
  }
  const user = parseUser(line);
  values[at] = user.id;
  values[at + 1] = user.name;
  values[at + 2] = user.email;
  values[at + 3] = user.created_at;
}
