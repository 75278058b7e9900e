// Loads users.jsonl into a SQLite database. Records are sorted by id first: each insert then lands on the last page of
// the primary key's index, where in file order it would land on a random one.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CREATE_SQLITE_INDEXES } from "../../services/storage/sql-indexes.ts";
import { createTableOf } from "../../services/storage/users-table.ts";
import { createWorkFolder } from "../../services/storage/work-folder.ts";
import { type SortOptions, type SortResult, sortRecords } from "./external-sort.ts";
import { createInserter, type UserInserter } from "./insert-users.ts";
import { placeNewFile, syncFile } from "./replace-file.ts";
import { openSource } from "./source-file.ts";
import type { WorkOptions } from "./work.ts";

const BUSY_TIMEOUT_MS = 10_000;

export interface ImportOptions extends WorkOptions {
  readonly dataFile: string;
  /** users.db beside the data file, unless another is asked for. */
  readonly databaseFile?: string | undefined;
  /** Whether a table that is created is ordered by the ids themselves. */
  readonly clustered?: boolean | undefined;
  /** Smaller for tests. */
  readonly runBytes?: number | undefined;
}

/** How the records are sorted, and the statement for a table that there is not yet. */
type FillOptions = SortOptions & { readonly createTable: string };

export type ImportResult = SortResult;

/**
 * Inserts the users of a data file whose ids the database does not have, in one transaction. Of several records with one
 * id the first in the file counts. `records` counts all records read, inserted or not. Progress is in bytes.
 * @throws DamagedData for a line that is not a user; the database is unchanged then
 */
export async function importToSqlite(options: ImportOptions): Promise<ImportResult> {
  const { dataFile, databaseFile = join(dirname(dataFile), "users.db"), clustered, ...rest } = options;
  using source = openSource(dataFile);
  using folder = createWorkFolder(databaseFile, options.onRemoved);
  const sortOptions = { ...rest, createTable: createTableOf({ clustered }), source, workFolder: folder.path };
  try {
    if (!existsSync(databaseFile)) {
      assertNoLeftOverLog(databaseFile);
      const newDatabase = join(folder.path, "users.db");
      const result = await fillNewDatabase(newDatabase, sortOptions);
      // A service may have created the database in the meantime: then the users go into that one.
      if (placeNewFile(newDatabase, databaseFile)) return result;
    }
    return await fillDatabase(databaseFile, sortOptions);
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    throw new Error(`${databaseFile}: ${error.message}`, { cause: error });
  }
}

/** Adds the indexes that find users by more than their ids to a database that nobody else sees yet. */
export function addIndexes(databaseFile: string): void {
  const database = new DatabaseSync(databaseFile);
  try {
    database.exec("PRAGMA synchronous = OFF");
    database.exec(CREATE_SQLITE_INDEXES);
    // What a database that has been used for a while knows of itself.
    database.exec("ANALYZE");
  } finally {
    database.close();
    syncFile(databaseFile);
  }
}

/** Builds a database that nobody else sees yet, and that is thrown away if anything fails: it needs no journal. */
async function fillNewDatabase(file: string, options: FillOptions): Promise<SortResult> {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    const result = await insertSorted(database, "BEGIN", options);
    switchToWal(database);
    return result;
  } finally {
    database.close();
    syncFile(file);
  }
}

async function fillDatabase(file: string, options: FillOptions): Promise<SortResult> {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    return await insertSorted(database, "BEGIN IMMEDIATE", options);
  } finally {
    // Closing in the middle of a transaction rolls it back.
    database.close();
  }
}

/** Inserts all users in one transaction, which begins, and keeps other writers out, only once every line is checked. */
async function insertSorted(
  database: DatabaseSync,
  begin: string,
  { createTable, ...options }: FillOptions,
): Promise<SortResult> {
  let inserter: UserInserter | undefined;
  function start(): UserInserter {
    database.exec(begin);
    database.exec(createTable);
    return createInserter(database);
  }
  const result = await sortRecords(options, (record) => {
    inserter ??= start();
    inserter.add(record);
  });
  inserter ??= start();
  inserter.finish();
  database.exec("COMMIT");
  return result;
}

/** @throws Error where the file system takes no write-ahead log */
export function switchToWal(database: DatabaseSync): void {
  const { journal_mode: mode } = database.prepare("PRAGMA journal_mode = WAL").get() as {
    journal_mode: string;
  };
  if (mode !== "wal") throw new Error(`cannot use a write-ahead log here (journal mode ${mode})`);
}

/** The log of a database that is gone may hold users that nothing else has, and SQLite would delete it, or apply it to
 * the new database of that name. */
function assertNoLeftOverLog(databaseFile: string): void {
  for (const log of [`${databaseFile}-wal`, `${databaseFile}-journal`])
    if (existsSync(log) && !existsSync(databaseFile))
      throw new Error(`${log}: left over from a database that is gone; move it away first`);
}

function isSqliteError(error: unknown): error is Error {
  return (error as NodeJS.ErrnoException).code === "ERR_SQLITE_ERROR";
}
