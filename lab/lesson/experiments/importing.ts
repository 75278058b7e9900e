// What it takes to import all users into SQLite: in one transaction, the lesson's way and ours, and row by row, each
// row a transaction of its own that is synced to the disk. Of the last a sample only.
import { createReadStream, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import type { User } from "../../../services/storage/user.ts";
import { CREATE_USERS_TABLE } from "../../../services/storage/users-table.ts";
import { importLessonWay } from "../../controls/lesson-import.ts";
import { importToSqlite } from "../../data/import-sqlite.ts";
import { type Experiment, heavyRounds } from "../experiment.ts";
import { type Round, takeTurns } from "../turns.ts";

/** Rows of a sample; where a sync takes long, as many as the time allows. */
const SAMPLE_ROWS = 700;
const SAMPLE_MAX_MS = 8_000;

export interface Importing {
  readonly size: number;
  /** The most rows of a sample. */
  readonly sampleRows: number;
  /** Milliseconds per row: all of them in one transaction, the lesson's way and ours; a sample of them one by one. */
  readonly rounds: readonly Round<"lesson" | "ours" | "row by row">[];
}

export const importing: Experiment<Importing> = {
  question: "what does importing all users take, in one transaction and row by row?",
  uses: ["sqlite"],
  estimateMs: (largest, rounds) => heavyRounds({ rounds }) * (1_500 + largest * 0.014),
  async run(tools) {
    const { largest: size, seed, folderOf, scratch, inProcess } = tools;
    const dataFile = join(folderOf(size, "seeded"), "users.jsonl");
    const databaseFile = join(scratch, "users.db");
    const sampleRows = Math.min(size, SAMPLE_ROWS);
    const time = (job: typeof importInOne | typeof insertOneByOne, way: "lesson" | "ours") => async () => {
      const args = { way, dataFile, databaseFile, size, sampleRows };
      const milliseconds = await inProcess(import.meta.url, job, args);
      for (const end of ["", "-wal", "-shm"]) rmSync(`${databaseFile}${end}`, { force: true });
      return milliseconds;
    };
    const ways = {
      lesson: time(importInOne, "lesson"),
      ours: time(importInOne, "ours"),
      "row by row": time(insertOneByOne, "lesson"),
    };
    return { size, sampleRows, rounds: await takeTurns(ways, { rounds: heavyRounds(tools), seed }) };
  },
};

interface ImportArgs {
  readonly way: "lesson" | "ours";
  readonly dataFile: string;
  readonly databaseFile: string;
  readonly size: number;
  readonly sampleRows: number;
}

/** Returns milliseconds per row. @throws Error when not all rows were imported */
export async function importInOne({ way, dataFile, databaseFile, size }: ImportArgs): Promise<number> {
  const startedMs = performance.now();
  const rows =
    way === "lesson"
      ? await importLessonWay(dataFile, databaseFile)
      : (await importToSqlite({ dataFile, databaseFile })).records;
  const elapsedMs = performance.now() - startedMs;
  if (rows !== size) throw new Error(`imported ${rows} of ${size} users`);
  return elapsedMs / rows;
}

/** Returns milliseconds per row. The settings are the lesson's: WAL, and SQLite's default of syncing every commit. */
export async function insertOneByOne({ dataFile, databaseFile, sampleRows }: ImportArgs): Promise<number> {
  const users = await readFirst(dataFile, sampleRows);
  using database = new DatabaseSync(databaseFile);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(CREATE_USERS_TABLE);
  const insert = database.prepare(
    "INSERT OR IGNORE INTO users (id, name, email, created_at) VALUES (?, ?, ?, ?)",
  );
  const startedMs = performance.now();
  let [rows, elapsedMs] = [0, 0];
  for (const { id, name, email, created_at } of users) {
    insert.run(id, name, email, created_at);
    rows++;
    elapsedMs = performance.now() - startedMs;
    if (elapsedMs > SAMPLE_MAX_MS) break;
  }
  return elapsedMs / rows;
}

async function readFirst(dataFile: string, count: number): Promise<User[]> {
  const users: User[] = [];
  for await (const line of createInterface({ input: createReadStream(dataFile) })) {
    users.push(JSON.parse(line));
    if (users.length === count) break;
  }
  return users;
}
