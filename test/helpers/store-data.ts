// Fills what an approach needs with some users, without the lab's own data tools.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import postgres from "postgres";
import type { Approach } from "../../services/approaches/index.ts";
import { formatEntry } from "../../services/storage/index-entry.ts";
import type { User } from "../../services/storage/user.ts";
import type { StoreOptions } from "../../services/storage/user-store.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const TABLE =
  "CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, created_at TEXT NOT NULL)";

export interface StoreData extends AsyncDisposable {
  readonly options: StoreOptions;
  /** What the store has logged. */
  readonly log: readonly string[];
}

let databases = 0;

/**
 * Makes the data of an approach.
 * @param users in file order; null: no data at all, as before the first POST
 * @param adminUrl a database of the server in which databases can be made; for approaches that need one
 */
export async function makeStoreData(
  { needs }: Pick<Approach, "needs">,
  users: readonly User[] | null,
  adminUrl: string,
): Promise<StoreData> {
  const folder = makeTemporaryFolder();
  const log: string[] = [];
  const needsDatabase = needs.includes("database");
  const database = `test_${process.pid}_${++databases}`;
  if (needsDatabase) await runSql(adminUrl, (sql) => sql.unsafe(`CREATE DATABASE ${database}`));
  const databaseUrl = needsDatabase ? adminUrl.replace(/[^/]*$/, database) : undefined;

  if (users !== null) {
    if (needs.includes("users.idx")) writeIndexed(folder.path, users);
    else if (needs.includes("users.jsonl")) writeLines(folder.path, users);
    if (needs.includes("users.db")) fillSqlite(join(folder.path, "users.db"), users);
    if (databaseUrl !== undefined) await fillPostgres(databaseUrl, users);
  }
  return {
    options: { dataDir: folder.path, databaseUrl, busyTimeoutMs: 1_000, log: (line) => void log.push(line) },
    log,
    async [Symbol.asyncDispose]() {
      if (needsDatabase)
        await runSql(adminUrl, (sql) => sql.unsafe(`DROP DATABASE ${database} WITH (FORCE)`));
      folder[Symbol.dispose]();
    },
  };
}

function formatLines(users: readonly User[]): string {
  return users.map((user) => `${JSON.stringify(user)}\n`).join("");
}

export function writeLines(folder: string, users: readonly User[]): void {
  writeFileSync(join(folder, "users.jsonl"), formatLines(users));
}

/** Writes users.jsonl in the order of the ids, and its index. Of two users with one id the first is indexed. */
export function writeIndexed(folder: string, users: readonly User[]): void {
  const sorted = [...users].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const entries = new Map<string, string>();
  let offset = 0;
  for (const user of sorted) {
    if (!entries.has(user.id)) entries.set(user.id, formatEntry(user.id, offset));
    offset += Buffer.byteLength(formatLines([user]));
  }
  writeLines(folder, sorted);
  writeFileSync(join(folder, "users.idx"), [...entries.values()].join(""));
}

function fillSqlite(file: string, users: readonly User[]): void {
  const db = new DatabaseSync(file);
  db.exec(TABLE);
  const insert = db.prepare("INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?)");
  for (const { id, name, email, created_at } of users) insert.run(id, name, email, created_at);
  db.close();
}

async function fillPostgres(url: string, users: readonly User[]): Promise<void> {
  await runSql(url, async (sql) => {
    await sql.unsafe(TABLE);
    for (const { id, name, email, created_at } of users) {
      await sql`INSERT INTO users VALUES (${id}, ${name}, ${email}, ${created_at}) ON CONFLICT DO NOTHING`;
    }
  });
}

async function runSql(url: string, run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await run(sql);
  } finally {
    await sql.end();
  }
}
