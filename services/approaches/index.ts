// The approaches. One row each: everything that differs between them, so that nothing else asks for a name.
import type { Durability, OpenStore } from "../storage/user-store.ts";

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
  /** What an answered POST survives. */
  readonly durability: Durability;
  /** The approach that it is another form of. It is measured and served where somebody names it, and else left out. */
  readonly variantOf?: string;
  /** Where it is, for one that is not of the table below. */
  readonly file?: ApproachFile;
}

/** The file of an approach that somebody has written beside ours. */
export interface ApproachFile {
  /** As it was given: absolute, or from the current folder. */
  readonly path: string;
  readonly sha256: string;
}

/** What a database's commit survives. On macOS fsync leaves the drive's own cache unwritten, and neither engine asks
 * for more by default. */
const COMMIT: Durability = process.platform === "darwin" ? "process" : "power";

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
  },
  map: {
    summary: "a map in memory, loaded from a JSONL file",
    load: async () => (await import("./map.ts")).openMap,
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
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
    durability: COMMIT,
  },
  postgres: {
    summary: "PostgreSQL, a server of its own",
    load: async () => (await import("./postgres.ts")).openPostgres,
    needs: ["database"],
    stores: true,
    writes: true,
    durability: COMMIT,
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
