// The approaches. One row each: everything that differs between them, so that nothing else asks for a name.
import { SYNCED } from "../storage/synced.ts";
import type { Approach, Levels } from "./approach.ts";

/** services/storage/jsonl-appender.ts gives each. */
const FILE_LEVELS: Levels = { none: "nothing", process: "process", power: "power" };

/** SQLite hands each commit to the system, if not to the disk; for the disk it can ask for more on macOS. */
const SQLITE_LEVELS: Levels = { none: "process", process: "process", power: "power" };

/** services/approaches/leveldb.ts and lmdb.ts: both hand each write to the system before they answer; for the disk they can wait. On macOS it is not known
 * whether they would wait for the drive's own cache. */
const EMBEDDED_LEVELS: Levels = {
  ...{ none: "process", process: "process" },
  ...(SYNCED === "power" && { power: SYNCED }),
};

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
  lsm: {
    summary: "a log-structured merge tree of our own",
    load: async () => (await import("./lsm.ts")).openLsm,
    needs: ["store"],
    stores: true,
    writes: true,
    durability: "process",
    levels: FILE_LEVELS,
    batches: "atomic",
    isExclusive: true,
    variantOf: "binary",
  },
  leveldb: {
    summary: "LevelDB in the process, a log-structured merge tree",
    load: async () => (await import("./leveldb.ts")).openLeveldb,
    needs: ["store"],
    stores: true,
    writes: true,
    durability: "process",
    levels: EMBEDDED_LEVELS,
    batches: "atomic",
    isExclusive: true,
    variantOf: "binary",
  },
  lmdb: {
    summary: "LMDB in the process, a B+ tree in a file that is mapped into memory",
    load: async () => (await import("./lmdb.ts")).openLmdb,
    needs: ["store"],
    stores: true,
    writes: true,
    durability: "process",
    levels: EMBEDDED_LEVELS,
    batches: "atomic",
    variantOf: "sqlite",
  },
} as const satisfies Record<string, Approach>;

/** The names of the rows above. */
export type ApproachName = keyof typeof approaches;

/** The names of those that are no other's variant: what there is where nobody names any. */
export const mainApproaches = (Object.keys(approaches) as ApproachName[]).filter(
  (name) => !("variantOf" in approaches[name]),
);
