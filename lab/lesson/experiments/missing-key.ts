// SQLite without the primary key: the same rows in a table that has none, and an id that is in no row, so that every row
// has to be looked at. The table with its key beside it. SQLite's own cache is made so small that no table fits into it:
// else growth would be that of a cache which the smallest table fits into and the others do not.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Experiment } from "../experiment.ts";
import { type Round, takeWarmTurns, timeRepeated } from "../turns.ts";

const FIND = "SELECT id, name, email, created_at FROM users WHERE id = ?";
const NOBODY = "nobody";
const CACHE_PAGES = 10;

export interface MissingKey {
  readonly sizes: readonly number[];
  /** Milliseconds per lookup, by size, of the table without a key. */
  readonly without: readonly Round[];
  readonly with: readonly Round[];
  /** What SQLite itself says that it will do. */
  readonly plans: { readonly without: string; readonly with: string };
}

export const missingKey: Experiment<MissingKey> = {
  question: "what does a lookup cost SQLite without the primary key?",
  uses: ["sqlite"],
  estimateMs: (largest, rounds) => rounds * (1_500 + largest * 0.0004) + largest * 0.004,
  async run({ sizes, rounds, turnMs, seed, folderOf, scratch, inProcess }) {
    const keyed = sizes.map((size) => ({ size, file: join(folderOf(size, "sqlite"), "users.db") }));
    const keyless = keyed.map(({ size }) => ({ size, file: join(scratch, `${size}.db`) }));
    for (const [index, { file }] of keyless.entries()) {
      await inProcess(import.meta.url, copyWithoutKey, { from: keyed[index]?.file ?? "", to: file });
    }
    const time = (databases: typeof keyed) =>
      inProcess(import.meta.url, timeMisses, { databases, rounds, turnMs, seed });
    const result = {
      sizes,
      without: await time(keyless),
      with: await time(keyed),
      plans: { without: explain(keyless[0]?.file ?? ""), with: explain(keyed[0]?.file ?? "") },
    };
    for (const { file } of keyless) rmSync(file);
    return result;
  },
};

export function copyWithoutKey({ from, to }: { readonly from: string; readonly to: string }): void {
  using database = new DatabaseSync(to);
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  database.prepare("ATTACH ? AS keyed").run(from);
  database.exec("CREATE TABLE users AS SELECT id, name, email, created_at FROM keyed.users");
}

function explain(file: string): string {
  using database = new DatabaseSync(file, { readOnly: true });
  return String(database.prepare(`EXPLAIN QUERY PLAN ${FIND}`).get(NOBODY)?.detail);
}

export async function timeMisses(args: {
  readonly databases: readonly { readonly size: number; readonly file: string }[];
  readonly rounds: number;
  readonly turnMs: number;
  readonly seed: number;
}) {
  const { rounds, seed, turnMs } = args;
  const ways = Object.fromEntries(
    args.databases.map(({ size, file }) => {
      const database = new DatabaseSync(file);
      database.exec(`PRAGMA cache_size = ${CACHE_PAGES}`);
      const find = database.prepare(FIND);
      return [String(size), () => timeRepeated(() => find.get(NOBODY), turnMs)];
    }),
  );
  return await takeWarmTurns(ways, { rounds, seed });
}
