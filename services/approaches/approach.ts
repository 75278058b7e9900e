// A row of the table of approaches: all that anybody else knows of one.
import type { Question } from "../storage/questions.ts";
import type { Batches, Durability, Level, OpenStore } from "../storage/user-store.ts";

export interface Approach {
  /** What stores the users, in a few words. */
  readonly summary: string;
  /** Loads the approach alone, so that no service carries another's dependencies in its memory. */
  readonly load: () => Promise<OpenStore>;
  /** What must exist before it can serve: files of the data folder, a folder "store" in it whose files only the approach itself
   * can read and write, or a database server. */
  readonly needs: readonly ("users.jsonl" | "users.idx" | "users.db" | "store" | "database")[];
  /** Whether it keeps users at all. */
  readonly stores: boolean;
  /** Whether it takes POST. */
  readonly writes: boolean;
  /** What an answered POST survives as the lesson has it (DURABILITY=lesson). */
  readonly durability: Durability;
  /** What it survives at the other levels of DURABILITY; a level that is left out cannot be given. */
  readonly levels?: Levels;
  /** The longest id that it can store, in bytes of UTF-8; where it is left out, a request can bring no longer one. */
  readonly maxIdBytes?: number;
  /** What it promises of users that are to be stored together; "none" where it is left out. */
  readonly batches?: Batches;
  /** Whether the table of its users.db is ordered by the ids themselves, WITHOUT ROWID; else it is the lesson's. */
  readonly clustered?: boolean;
  /** Whether its database has an index for each question about users. */
  readonly indexed?: true;
  /** The questions beside that for an id which it answers; none where it is left out. */
  readonly answers?: readonly Question[];
  /** Whether it refuses to open what another process has open. */
  readonly isExclusive?: true;
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

/** Rows by name: those of the table, or any others. */
export type Approaches = Readonly<Record<string, Approach>>;
