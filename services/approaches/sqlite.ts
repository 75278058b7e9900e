// SQLite: a B-tree on disk that somebody else has got right. The statements are prepared once.
//
//   read         one descent of the primary key's index, one of the table; pages from the page cache
//   write        one transaction: appended to the write-ahead log, which is synced (synchronous = FULL)
//   order        one transaction: a piece is taken where one is left, and the order inserted; or neither
//   memory       SQLite's cache, 2 MB by default, whatever the size of the data
//   durability   power: a commit is on the disk before POST is answered
//   prefer       it, most of the time, on one machine. A second process may write too, but one at a time:
//                the other waits for up to the busy timeout, and its event loop waits with it. With a rollback
//                journal readers wait as well.
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreUnavailable } from "../storage/faults.ts";
import { fileBytes } from "../storage/file-bytes.ts";
import { askLater, type OrderQuestions, runEach } from "../storage/questions.ts";
import { connectDatabase, errcode, isBusy, readOne, readVersion } from "../storage/sqlite-connection.ts";
import { askUsers } from "../storage/sqlite-questions.ts";
import { runTransaction } from "../storage/sqlite-transaction.ts";
import { SYNCED } from "../storage/synced.ts";
import type { User } from "../storage/user.ts";
import {
  type Durability,
  type OpenStore,
  SQLITE_SYNCHRONOUS,
  type StoreDescription,
  type StoreOptions,
  type UserStore,
} from "../storage/user-store.ts";

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

/** PRAGMA synchronous at each level. */
const SYNCHRONOUS = { none: "off", process: "normal", power: "full" } as const;

/** What another form of this approach does in another way. */
export interface SqliteForm {
  readonly clustered: boolean;
  readonly pragmas: Readonly<Record<string, number>>;
  /** Statements that create what it has beside the table of users. */
  readonly create: string;
  /** Returns a function that says how many users there were when it was opened. */
  readonly startCounting: (db: DatabaseSync) => () => number;
}

export const LESSON_FORM: SqliteForm = {
  clustered: false,
  pragmas: {},
  create: "",
  startCounting: countToLastRow,
};

export const openSqlite: OpenStore = (options) => openSqliteForm(options, LESSON_FORM);

export async function openSqliteForm(
  { dataDir, sqlite, durability }: StoreOptions,
  { create, startCounting, ...form }: SqliteForm,
): Promise<UserStore> {
  const file = join(dataDir, "users.db");
  const settings = {
    ...sqlite,
    ...form,
    ...(durability !== "lesson" && { synchronous: SYNCHRONOUS[durability] }),
    fullfsync: durability === "power",
  };
  const { db, find, insert, countAtStart } = await connectDatabase(file, settings, (db) => {
    db.exec(create);
    return { ...prepare(db), countAtStart: startCounting(db) };
  });
  let busyCount = 0;
  /** Runs statements; a lock held by another process for longer than the busy timeout is no fault of ours. */
  function guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error)) throw error;
      busyCount++;
      throw new StoreUnavailable("SQLITE_BUSY: another process holds the lock", { cause: error });
    }
  }

  async function openOrders(): Promise<OrderQuestions> {
    const { attachOrders } = await import("../storage/sqlite-orders.ts");
    return runEach(
      guard(() => attachOrders(db, dataDir, settings)),
      guard,
    );
  }

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

    insertMany: (users) =>
      guard(() => {
        try {
          runTransaction(db, sqlite.busyTimeoutMs, () => {
            for (const { id, name, email, created_at } of users) insert.run(id, name, email, created_at);
          });
          return "inserted";
        } catch (error) {
          if (errcode(error) === SQLITE_CONSTRAINT_PRIMARYKEY) return "duplicate";
          throw error;
        }
      }),

    questions: { ...runEach(askUsers(db), guard), ...askLater(openOrders) },

    check: () => guard(() => void db.prepare("SELECT 1 FROM users LIMIT 1").get()),
    describe: () =>
      guard(() => {
        const settings = Object.fromEntries(
          PRAGMAS.map((name) => [name, readOne(db, `PRAGMA ${name}`) as string | number]),
        );
        const files = ["users.db", "users.db-wal", "orders.db", "orders.db-wal"];
        return {
          recordsAtStart: countAtStart(),
          dataBytes: files.reduce((sum, name) => sum + fileBytes(join(dataDir, name)), 0),
          durability: survivesCommit(settings),
          settings,
          versions: { sqlite: readVersion(db) },
        };
      }),
    figures: () => [
      {
        name: "sqlite_busy_total",
        help: "Requests that another process's lock has refused (SQLITE_BUSY).",
        type: "counter",
        value: busyCount,
      },
    ],
    async [Symbol.asyncDispose]() {
      db.close();
    },
  };
}

/** Says what a commit survives with these PRAGMAs. Without a sync at each of them the system has it, and not yet the disk. */
function survivesCommit({ synchronous, fullfsync }: StoreDescription["settings"]): Durability {
  if (Number(synchronous) < SQLITE_SYNCHRONOUS.indexOf("full")) return "process";
  return fullfsync === 1 ? "power" : SYNCED;
}

function prepare(db: DatabaseSync) {
  const find = db.prepare("SELECT id, name, email, created_at FROM users WHERE id = ?");
  // An object that node:sqlite makes of a row is a dictionary, which costs more to serialize than the lookup's checks.
  find.setReturnArrays(true);
  const insert = db.prepare("INSERT INTO users (id, name, email, created_at) VALUES (?, ?, ?, ?)");
  return { db, find, insert };
}

/** Rows are only ever added, so those up to the last one are the records at start, counted when somebody asks. */
function countToLastRow(db: DatabaseSync): () => number {
  const lastRow = Number(readOne(db, "SELECT coalesce(max(rowid), 0) FROM users"));
  return () => Number(readOne(db, `SELECT count(*) FROM users WHERE rowid <= ${lastRow}`));
}

/** Columns in the order of the statement. */
type Row = readonly [id: string, name: string, email: string, created_at: string];

function toUser(row: unknown): User | null {
  if (row === undefined) return null;
  const [id, name, email, created_at] = row as Row;
  return { id, name, email, created_at };
}
