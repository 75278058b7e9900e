// What is in a store at its end, read from its file or table and not through a service.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { readLines } from "../../services/storage/jsonl-lines.ts";
import { parseUser, type User } from "../../services/storage/user.ts";
import { PLAIN_OPTIONS } from "../data/fill-store.ts";
import type { StoredUser } from "../history/check-history.ts";

/** Rows that are fetched from PostgreSQL at a time. */
const PAGE_ROWS = 10_000;

/** Where the records are. */
export interface Store {
  readonly needs: Approach["needs"];
  /** Loads the approach, where nobody else can read its files. */
  readonly load?: Approach["load"];
  readonly dataDir: string;
  /** Of approaches whose users are in a database. */
  readonly databaseUrl: string | undefined;
}

/** What was there before any writer. */
export interface Seeded {
  readonly dataSeed: number;
  readonly size: number;
}

export interface StoredUsers {
  /** One for each record that is not the seeded one, so that a user who is there twice comes twice. */
  readonly users: readonly StoredUser[];
  /** How many of the seeded users are there, as they were. */
  readonly seeded: number;
  /** Lines that are no user. */
  readonly malformedLines: number;
}

/** Reads what writers have stored. Nobody writes any more. */
export async function readStoredUsers(store: Store, seeded: Seeded): Promise<StoredUsers> {
  return sortRecords(readRecords(store), seeded);
}

type Stored = Pick<User, "id" | "name" | "email">;

/** Tells seeded users from those of writers, and both from what neither can have stored. */
export async function sortRecords(
  records: AsyncIterable<Stored | null>,
  { dataSeed, size }: Seeded,
): Promise<StoredUsers> {
  const users: StoredUser[] = [];
  const isThere = new Uint8Array(size);
  let [seeded, malformedLines] = [0, 0];
  for await (const record of records) {
    if (record === null) {
      malformedLines++;
      continue;
    }
    const index = elementOf(record.email);
    const original = seededUser(dataSeed, Math.max(0, index));
    const isSame = index >= 0 && record.email === original.email && record.name === original.name;
    if (isSame && index < size && record.id === original.id && isThere[index] === 0) {
      isThere[index] = 1;
      seeded++;
    } else users.push({ element: isSame && index >= FIRST_UNSTORED_INDEX ? index : -1, id: record.id });
  }
  return { users, seeded, malformedLines };
}

/** The address of a user of the lab begins with its index. -1 for one that does not. */
export function elementOf(email: string): number {
  return Number(/^user(\d+)@/.exec(email)?.[1] ?? -1);
}

/** Yields every record of a store, and null for a line that is no user. */
export function readRecords({ needs, load, dataDir, databaseUrl }: Store): AsyncGenerator<Stored | null> {
  if (needs.includes("users.jsonl")) return readFile(join(dataDir, "users.jsonl"));
  if (needs.includes("users.db")) return readSqlite(join(dataDir, "users.db"));
  if (needs.includes("store")) return readStore(load, dataDir);
  if (databaseUrl === undefined) throw new Error("no database to read the users from");
  return readPostgres(databaseUrl);
}

async function* readFile(file: string): AsyncGenerator<Stored | null> {
  if (!existsSync(file)) return;
  for await (const { text, isTerminated } of readLines(file))
    if (text.trim() !== "") yield isTerminated ? parseLine(text) : null;
}

function parseLine(line: string): Stored | null {
  try {
    return parseUser(line);
  } catch {
    return null;
  }
}

async function* readSqlite(file: string): AsyncGenerator<Stored> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    yield* db.prepare("SELECT id, name, email FROM users").iterate() as Iterable<unknown> as Iterable<Stored>;
  } finally {
    db.close();
  }
}

/** No service has the store open: some refuse to be opened twice. */
async function* readStore(load: Approach["load"] | undefined, dataDir: string): AsyncGenerator<Stored> {
  const open = await load?.();
  await using store = await open?.({ ...PLAIN_OPTIONS, dataDir });
  if (store?.users === undefined) throw new Error("the approach has no way to read all users");
  yield* store.users();
}

async function* readPostgres(url: string): AsyncGenerator<Stored> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    // Not page by page by the id: where two rows have one, a page that begins behind the first would leave out the second.
    await client.query("BEGIN READ ONLY");
    await client.query("DECLARE records NO SCROLL CURSOR FOR SELECT id, name, email FROM users");
    for (;;) {
      const { rows } = await client.query<Stored>(`FETCH ${PAGE_ROWS} FROM records`);
      if (rows.length === 0) return;
      yield* rows;
    }
  } finally {
    await client.end();
  }
}
