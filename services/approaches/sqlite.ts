// SQLite: a B-tree on disk that somebody else has got right. The two statements are prepared once.
//
//   read         one descent of the primary key's index, one of the table; pages from the page cache
//   write        one transaction: appended to the write-ahead log, which is synced (synchronous = FULL)
//   memory       SQLite's cache, 2 MB by default, whatever the size of the data
//   durability   power: a commit is on the disk before POST is answered
//   prefer       it, most of the time, on one machine. A second process may write too, but one at a time:
//                the other waits for up to the busy timeout, and its event loop waits with it.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreUnavailable } from "../storage/faults.ts";
import { fileBytes } from "../storage/file-bytes.ts";
import type { User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";
import { CREATE_USERS_TABLE } from "../storage/users-table.ts";

/** Before this version two writers could reset the write-ahead log under each other. */
const OLDEST_VERSION = "3.51.3";
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;

/** What decides about what a commit survives, and about what it costs. */
const PRAGMAS = [
  "journal_mode",
  "synchronous",
  "fullfsync",
  "checkpoint_fullfsync",
  "wal_autocheckpoint",
  "locking_mode",
  "busy_timeout",
  "page_size",
  "cache_size",
  "mmap_size",
];

export const openSqlite: OpenStore = async ({ dataDir, busyTimeoutMs }) => {
  const file = join(dataDir, "users.db");
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  const version = prepareTable(db, file);
  const find = db.prepare("SELECT id, name, email, created_at FROM users WHERE id = ?");
  // An object that node:sqlite makes of a row is a dictionary, which costs more to serialize than the lookup's checks.
  find.setReturnArrays(true);
  const insert = db.prepare("INSERT INTO users (id, name, email, created_at) VALUES (?, ?, ?, ?)");
  // Rows are only ever added, so those up to here are the records at start, counted when somebody asks.
  const lastRowAtStart = Number(readOne(db, "SELECT coalesce(max(rowid), 0) FROM users"));

  return {
    findById: (id) => guard(() => toUser(find.get(id))),

    insert: ({ id, name, email, created_at }) =>
      guard(() => {
        try {
          insert.run(id, name, email, created_at);
          return "inserted";
        } catch (error) {
          if (errcode(error) === SQLITE_CONSTRAINT_PRIMARYKEY) return "duplicate";
          throw error;
        }
      }),

    check: () => guard(() => void db.prepare("SELECT 1 FROM users LIMIT 1").get()),
    describe: () =>
      guard(() => ({
        recordsAtStart: Number(readOne(db, `SELECT count(*) FROM users WHERE rowid <= ${lastRowAtStart}`)),
        dataBytes: [file, `${file}-wal`].reduce((sum, name) => sum + fileBytes(name), 0),
        settings: Object.fromEntries(
          PRAGMAS.map((name) => [name, readOne(db, `PRAGMA ${name}`) as string | number]),
        ),
        versions: { sqlite: version },
      })),
    async [Symbol.asyncDispose]() {
      db.close();
    },
  };
};

/** Columns in the order of the statement. */
type Row = readonly [id: string, name: string, email: string, created_at: string];

function toUser(row: unknown): User | null {
  if (row === undefined) return null;
  const [id, name, email, created_at] = row as Row;
  return { id, name, email, created_at };
}

/** Creates the table if it is missing. Returns the version of SQLite.
 * @throws Error that names the file when it is no database */
function prepareTable(db: DatabaseSync, file: string): string {
  try {
    const version = String(readOne(db, "SELECT sqlite_version()"));
    assertVersion(version);
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(CREATE_USERS_TABLE);
    return version;
  } catch (error) {
    db.close();
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws Error when the version has the fault that two writers can hit */
export function assertVersion(version: string): void {
  const isNewEnough = version.localeCompare(OLDEST_VERSION, "en", { numeric: true }) >= 0;
  if (!isNewEnough) throw new Error(`SQLite ${version} is too old; expected ${OLDEST_VERSION} or newer`);
}

/** Runs a statement; a lock held by another process for longer than the busy timeout is no fault of ours. */
function guard<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const primaryCode = errcode(error) & 0xff;
    if (primaryCode === SQLITE_BUSY || primaryCode === SQLITE_LOCKED) {
      throw new StoreUnavailable("SQLITE_BUSY: another process holds the lock", { cause: error });
    }
    throw error;
  }
}

function errcode(error: unknown): number {
  return (error as { errcode?: number }).errcode ?? 0;
}

function readOne(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}
