// The approaches. One row each: everything that differs between them, so that nothing else asks for a name.
import { SYNCED } from "../storage/synced.ts";
import type { Batches, Durability, Level, OpenStore } from "../storage/user-store.ts";

export interface Approach {
  /** What stores the users, in a few words. */
  readonly summary: string;
  /** Loads the approach alone, so that no service carries another's dependencies in its memory. */
  readonly load: () => Promise<OpenStore>;
  /** What must exist before it can serve: files of the data folder, or a database server. */
  readonly needs: readonly ("users.jsonl" | "users.idx" | "users.db" | "database")[];
  /** Whether it keeps users at all. */
  readonly stores: boolean;
  /** Whether it takes POST. */
  readonly writes: boolean;
  /** What an answered POST survives as the lesson has it (DURABILITY=lesson). */
  readonly durability: Durability;
  /** What it survives at the other levels of DURABILITY; a level that is left out cannot be given. */
  readonly levels?: Levels;
  /** What it promises of users that are to be stored together; "none" where it is left out. */
  readonly batches?: Batches;
  /** The approach that it is another form of. It is measured and served where somebody names it, and else left out. */
  readonly variantOf?: string;
  /** Where it is, for one that is not of the table below. */
  readonly file?: ApproachFile;
}

export type Levels = Readonly<Partial<Record<Exclude<Level, "lesson">, Durability>>>;

/** The file of an approach that somebody has written beside ours. */
export interface ApproachFile {
  /** As it was given: absolute, or from the current folder. */
  readonly path: string;
  readonly sha256: string;
}

/** services/storage/jsonl-appender.ts gives each. */
const FILE_LEVELS: Levels = { none: "nothing", process: "process", power: "power" };

/** SQLite hands each commit to the system, if not to the disk; for the disk it can ask for more on macOS. */
const SQLITE_LEVELS: Levels = { none: "process", process: "process", power: "power" };

/** A session can have its commits wait for the disk, or for nothing: a server that is killed loses those that it still
 * keeps to itself. Between these is only fsync = off, which is the whole server's. */
const POSTGRES_LEVELS: Levels = {
  none: "nothing",
  process: SYNCED,
  ...(SYNCED === "power" && { power: SYNCED }),
};

export const approaches = {
  baseline: {
    summary: "stores nothing: what HTTP alone costs",
    load: async () => (await import("./baseline.ts")).openBaseline,
    needs: [],
    stores: false,
    writes: true,
    durability: "nothing",
  },
  linear: {
    summary: "linear scan of a JSONL file",
    load: async () => (await import("./linear.ts")).openLinear,
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
    levels: FILE_LEVELS,
    batches: "naive",
  },
  map: {
    summary: "a map in memory, loaded from a JSONL file",
    load: async () => (await import("./map.ts")).openMap,
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
    levels: FILE_LEVELS,
    batches: "naive",
  },
  binary: {
    summary: "binary search in a sorted index on disk",
    load: async () => (await import("./binary.ts")).openBinary,
    needs: ["users.jsonl", "users.idx"],
    stores: true,
    writes: false,
    durability: "nothing",
  },
  sqlite: {
    summary: "SQLite in the process",
    load: async () => (await import("./sqlite.ts")).openSqlite,
    needs: ["users.db"],
    stores: true,
    writes: true,
    durability: SYNCED,
    levels: SQLITE_LEVELS,
    batches: "atomic",
  },
  postgres: {
    summary: "PostgreSQL, a server of its own",
    load: async () => (await import("./postgres.ts")).openPostgres,
    needs: ["database"],
    stores: true,
    writes: true,
    durability: SYNCED,
    levels: POSTGRES_LEVELS,
    batches: "atomic",
  },
  "linear-marked": {
    summary: "linear scan of a JSONL file with a commit mark for each batch",
    load: async () => (await import("./linear-marked.ts")).openLinearMarked,
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
    batches: "atomic",
    variantOf: "linear",
  },
  "map-marked": {
    summary: "a map whose file has a commit mark for each batch",
    load: async () => (await import("./map-marked.ts")).openMapMarked,
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
    levels: FILE_LEVELS,
    batches: "atomic",
    variantOf: "map",
  },
  "map-watched": {
    summary: "a map that follows its file by watching it",
    load: async () => (await import("./map-watched.ts")).openMapWatched,
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
    levels: FILE_LEVELS,
    variantOf: "map",
  },
  "map-notified": {
    summary: "a map that follows its file by PostgreSQL's notifications",
    load: async () => (await import("./map-notified.ts")).openMapNotified,
    needs: ["users.jsonl", "database"],
    stores: true,
    writes: true,
    durability: "process",
    levels: FILE_LEVELS,
    variantOf: "map",
  },
} as const satisfies Record<string, Approach>;

/** The names of the rows above. */
export type ApproachName = keyof typeof approaches;

/** The names of those that are no other's variant: what there is where nobody names any. */
export const mainApproaches = (Object.keys(approaches) as ApproachName[]).filter(
  (name) => !("variantOf" in approaches[name]),
);

/** Rows by name: those above, or any others. */
export type Approaches = Readonly<Record<string, Approach>>;
