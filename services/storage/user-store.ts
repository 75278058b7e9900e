import type { Questions } from "./questions.ts";
import type { User } from "./user.ts";

/** What a store says of itself when it is asked. */
export interface StoreDescription {
  /** Users in the store when it was opened. */
  readonly recordsAtStart: number;
  /** Bytes of all files that hold the data, orders where there are some, now. */
  readonly dataBytes: number;
  /** What an answered POST survives, where the settings make it another than the approach's row says. */
  readonly durability?: Durability;
  /** Settings as the store itself reports them, not as they were asked for. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Versions of the engines beneath, by name. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** A figure of the store's own for /metrics, in Prometheus' terms: the name with its unit last, a counter's with
 * `_total` behind it. */
export interface StoreFigure {
  readonly name: string;
  readonly help: string;
  /** A gauge where it is left out. */
  readonly type?: "gauge" | "counter";
  readonly value: number;
}

/**
 * Stores users by id. Every approach passes test/contract/user-store.ts.
 *
 * A method may answer at once or by a promise: a store that has the answer in memory makes nobody wait.
 * Expected outcomes are values. Faults are thrown: StoreUnavailable when a later try may succeed,
 * WritesUnsupported, DamagedData, or whatever the operating system said.
 */
export interface UserStore extends AsyncDisposable {
  /** Returns the user with this id, or null. Any string is a legal id to ask for. */
  findById(id: string): User | null | Promise<User | null>;
  /** Stores a user. After "inserted", findById of this store returns it; at level none, a moment later. What it survives
   * depends on the approach and on the level. "duplicate": a user with this id exists, and the approach looks; the store is unchanged. */
  insert(user: User): InsertOutcome | Promise<InsertOutcome>;
  /** Stores several users, and answers as `insert` does. What a reader sees of them meanwhile, and what a process that
   * is killed in the middle leaves of them, is what the approach's row says of batches. */
  insertMany?(users: readonly User[]): InsertOutcome | Promise<InsertOutcome>;
  /** The questions beside that for an id which this store answers: those of its approach's row, and no others. */
  readonly questions?: Partial<Questions>;
  /** Yields every user once, in no order. Of stores whose files nobody else can read. */
  users?(): Iterable<User> | AsyncIterable<User>;
  /** Resolves when the store can answer; rejects when it cannot. Makes no change. */
  check(): void | Promise<void>;
  describe(): StoreDescription | Promise<StoreDescription>;
  figures?(): StoreFigure[];
}

export type InsertOutcome = "inserted" | "duplicate";

/** What is there of users that were to be stored together, for any reader and after any end: all or none of them;
 * perhaps a part of them; or they cannot be stored together. */
export type Batches = "atomic" | "naive" | "none";

/** What an answered write survives. */
export type Durability = "nothing" | "process" | "power";

/** What a write is to survive: whatever the lesson's code gives, or the same for all approaches. */
export const LEVELS = ["lesson", "none", "process", "power"] as const;
export type Level = (typeof LEVELS)[number];

/** How SQLite is to work. */
export interface SqliteSettings {
  /** How long it waits for another process's lock before it gives up, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** A write-ahead log, or a rollback journal that is deleted after each commit. */
  readonly journalMode: (typeof SQLITE_JOURNAL_MODES)[number];
  /** What a commit waits for; in this order PRAGMA synchronous reads back 0, 1 and 2. */
  readonly synchronous: (typeof SQLITE_SYNCHRONOUS)[number];
}
export const SQLITE_JOURNAL_MODES = ["wal", "delete"] as const;
export const SQLITE_SYNCHRONOUS = ["off", "normal", "full"] as const;

/** What the composition root tells an approach. Each takes what it needs. */
export interface StoreOptions {
  /** Folder of users.jsonl, users.idx, users.db, and of the folder store. */
  readonly dataDir: string;
  /** Connection string of the database server. */
  readonly databaseUrl: string | undefined;
  readonly sqlite: SqliteSettings;
  /** Another than "lesson" only where the approach's row has it among its `levels`. A store that cannot give it here
   * rejects when it is opened. */
  readonly durability: Level;
  /** Receives what an operator should know, one line each. */
  readonly log: (line: string) => void;
}

export type OpenStore = (options: StoreOptions) => Promise<UserStore>;
