// A connection to users.db with the settings that were asked for, or none.
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { SQLITE_SYNCHRONOUS, type SqliteSettings } from "./user-store.ts";
import { createTableOf } from "./users-table.ts";

/** Before this version two writers could reset the write-ahead log under each other. */
const OLDEST_VERSION = "3.51.3";
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
/** How long a start waits for others. They hold the lock for a write, and for a moment when they start as well. */
const START_LIMIT_MS = 5_000;
const RETRY_MS = 20;

export interface ConnectionSettings extends SqliteSettings {
  /** Whether the rows are to be in the tree of their ids. The table is created so unless there is one. */
  readonly clustered: boolean;
  /** PRAGMAs with the values that are to be read back, besides those of the other settings. */
  readonly pragmas: Readonly<Record<string, number>>;
  /** On macOS: whether a sync is one of the drive's own cache, too. */
  readonly fullfsync: boolean;
}

/**
 * Opens a database, creates the table if it is missing, and prepares what is to be run. Changing the journal mode takes a lock for which SQLite waits
 * for no busy timeout, and two processes that start together keep it from each other as long as both are connected: so
 * whoever finds it taken disconnects, and comes again after a time of chance.
 * @param prepare reads of the database as well, which a lock may keep out
 * @throws Error that names the file when it is no database, has a table of the other form, or does not take the settings
 */
export async function connectDatabase<T>(
  file: string,
  settings: ConnectionSettings,
  prepare: (db: DatabaseSync) => T,
): Promise<T> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (true) {
    try {
      return connectOnce(file, settings, prepare);
    } catch (error) {
      if (!isBusy(error) || performance.now() > untilMs)
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
    }
    await sleep(RETRY_MS * (1 + Math.random()));
  }
}

function connectOnce<T>(
  file: string,
  { busyTimeoutMs, journalMode, synchronous, fullfsync, clustered, pragmas }: ConnectionSettings,
  prepare: (db: DatabaseSync) => T,
): T {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    assertVersion(readVersion(db));
    db.exec(`PRAGMA journal_mode = ${journalMode}; PRAGMA synchronous = ${synchronous}`);
    db.exec(`PRAGMA fullfsync = ${Number(fullfsync)}`);
    for (const [name, value] of Object.entries(pragmas)) {
      db.exec(`PRAGMA ${name} = ${value}`);
      assertPragma(db, name, value);
    }
    db.exec(createTableOf({ clustered }));
    assertForm(db, clustered);
    assertPragma(db, "journal_mode", journalMode);
    assertPragma(db, "synchronous", SQLITE_SYNCHRONOUS.indexOf(synchronous));
    assertPragma(db, "fullfsync", Number(fullfsync));
    assertPragma(db, "busy_timeout", busyTimeoutMs);
    return prepare(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function assertForm(db: DatabaseSync, clustered: boolean): void {
  const found = readOne(db, "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = 'users'");
  if (found === Number(clustered)) return;
  const [has, expected] = clustered ? ["with", "without"] : ["without", "with"];
  throw new Error(`its table has another form (${has} rowids, expected ${expected}); run prepare-data`);
}

function assertPragma(db: DatabaseSync, name: string, expected: string | number): void {
  const found = readOne(db, `PRAGMA ${name}`);
  if (found !== expected) throw new Error(`${name} is ${found}; expected ${expected}`);
}

/** @throws Error when the version has the fault that two writers can hit */
export function assertVersion(version: string): void {
  const isNewEnough = version.localeCompare(OLDEST_VERSION, "en", { numeric: true }) >= 0;
  if (!isNewEnough) throw new Error(`SQLite ${version} is too old; expected ${OLDEST_VERSION} or newer`);
}

export function readVersion(db: DatabaseSync): string {
  return String(readOne(db, "SELECT sqlite_version()"));
}

/** Returns the first column of the first row. */
export function readOne(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}

/** Whether a statement failed for another process's lock. */
export function isBusy(error: unknown): boolean {
  return [SQLITE_BUSY, SQLITE_LOCKED].includes(errcode(error) & 0xff);
}

/** Returns SQLite's extended result code of an error, 0 for errors of others. */
export function errcode(error: unknown): number {
  return (error as { errcode?: number }).errcode ?? 0;
}
