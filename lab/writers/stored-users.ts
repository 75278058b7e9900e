// What is in a store at its end, read from its file or table and not through a service.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import type { Approach } from "../../services/approaches/index.ts";
import { readLines } from "../../services/storage/jsonl-lines.ts";
import { parseUser } from "../../services/storage/user.ts";

/** A user that a writer has stored. */
export interface StoredUser {
  readonly element: number;
  readonly id: string;
}

export interface StoredUsers {
  /** One for each record, so that one that is there twice comes twice. */
  readonly users: readonly StoredUser[];
  /** Records that were there before any writer. */
  readonly seeded: number;
  /** Lines that are no user. */
  readonly malformedLines: number;
}

/** Reads what writers have stored. Nobody writes any more.
 * @param databaseUrl of approaches whose users are in a database */
export function readStoredUsers(
  needs: Approach["needs"],
  dataDir: string,
  databaseUrl: string | undefined,
): Promise<StoredUsers> {
  if (needs.includes("users.jsonl")) return readFile(join(dataDir, "users.jsonl"));
  if (needs.includes("users.db")) return readSqlite(join(dataDir, "users.db"));
  if (databaseUrl === undefined) throw new Error("no database to read the users from");
  return readPostgres(databaseUrl);
}

async function readFile(file: string): Promise<StoredUsers> {
  const users: StoredUser[] = [];
  let [seeded, malformedLines] = [0, 0];
  if (!existsSync(file)) return { users, seeded, malformedLines };
  for await (const { text, isTerminated } of readLines(file)) {
    if (text.trim() === "") continue;
    const found = isTerminated ? parseLine(text) : null;
    if (found === null) malformedLines++;
    else if (found.element >= FIRST_UNSTORED_INDEX) users.push(found);
    else seeded++;
  }
  return { users, seeded, malformedLines };
}

function parseLine(line: string): StoredUser | null {
  try {
    const { id, email } = parseUser(line);
    return { id, element: elementOf(email) };
  } catch {
    return null;
  }
}

/** The seeded users' addresses begin with their index. -1 for one that does not. */
function elementOf(email: string): number {
  return Number(/^user(\d+)@/.exec(email)?.[1] ?? -1);
}

async function readSqlite(file: string): Promise<StoredUsers> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = db
      .prepare("SELECT id, email FROM users WHERE CAST(substr(email, 5) AS INTEGER) >= ?")
      .all(FIRST_UNSTORED_INDEX);
    const all = Number(db.prepare("SELECT count(*) AS count FROM users").get()?.count);
    return fromRows(rows as unknown as Row[], all);
  } finally {
    db.close();
  }
}

async function readPostgres(url: string): Promise<StoredUsers> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(
      "SELECT id, email FROM users WHERE substring(email FROM '^user([0-9]+)@')::bigint >= $1",
      [FIRST_UNSTORED_INDEX],
    );
    const counted = await client.query<{ count: string }>("SELECT count(*) FROM users");
    return fromRows(rows, Number(counted.rows[0]?.count));
  } finally {
    await client.end();
  }
}

interface Row {
  readonly id: string;
  readonly email: string;
}

function fromRows(rows: readonly Row[], all: number): StoredUsers {
  const users = rows.map(({ id, email }) => ({ id, element: elementOf(email) }));
  return { users, seeded: all - users.length, malformedLines: 0 };
}
