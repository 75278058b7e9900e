// Data for the approaches, made here and not by the lab's tools, so that a fault in those shows only in their tests.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { formatEntry } from "../../services/storage/index-entry.ts";
import type { User } from "../../services/storage/user.ts";
import { toLines } from "./users.ts";

export const CREATE_TABLE =
  "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, created_at TEXT NOT NULL)";

/** Writes users.jsonl in the order given. */
export function writeUsers(folder: string, users: readonly User[]): string {
  const file = join(folder, "users.jsonl");
  writeFileSync(file, toLines(users));
  return file;
}

/** Writes users.jsonl in the order of the ids, and users.idx. */
export function writeIndexedUsers(
  folder: string,
  users: readonly User[],
  names = { data: "users.jsonl", index: "users.idx" },
): void {
  const sorted = users.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  let offset = 0;
  const entries = sorted.map((user) => {
    const entry = formatEntry(user.id, offset);
    offset += Buffer.byteLength(toLines([user]));
    return entry;
  });
  writeFileSync(join(folder, names.data), toLines(sorted));
  writeFileSync(join(folder, names.index), entries.join(""));
}

/** Writes users.db. */
export function writeDatabase(folder: string, users: readonly User[], clustered = false): void {
  using database = new DatabaseSync(join(folder, "users.db"));
  database.exec(`PRAGMA journal_mode = WAL; ${CREATE_TABLE}${clustered ? " WITHOUT ROWID" : ""}; BEGIN`);
  const insert = database.prepare("INSERT INTO users VALUES (?, ?, ?, ?)");
  for (const { id, name, email, created_at } of users) insert.run(id, name, email, created_at);
  database.exec("COMMIT");
}
