// SQLite's lookup prepared once, as the approach does it, and prepared for every lookup: in a bare process.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Experiment } from "../experiment.ts";
import { type Asked, startLookups } from "../open-store.ts";
import { type Round, takeWarmTurns, timeRepeated } from "../turns.ts";

const FIND = "SELECT id, name, email, created_at FROM users WHERE id = ?";

export interface PreparedStatement {
  readonly size: number;
  /** Milliseconds per lookup. */
  readonly rounds: readonly Round<"once" | "each time">[];
}

export const preparedStatement: Experiment<PreparedStatement> = {
  question: "what does preparing the statement for every lookup cost SQLite?",
  uses: ["sqlite"],
  estimateMs: (_largest, rounds) => 1_000 + rounds * 700,
  async run({ largest: size, rounds, turnMs, dataSeed, seed, folderOf, inProcess }) {
    const file = join(folderOf(size, "sqlite"), "users.db");
    const args = { file, size, dataSeed, seed, rounds, turnMs };
    return { size, rounds: await inProcess(import.meta.url, timeStatements, args) };
  },
};

export async function timeStatements({
  file,
  rounds,
  turnMs,
  ...asked
}: Asked & { readonly file: string; readonly rounds: number; readonly turnMs: number }) {
  using database = new DatabaseSync(file);
  const find = database.prepare(FIND);
  const once = startLookups((id) => find.get(id), asked);
  const eachTime = startLookups((id) => database.prepare(FIND).get(id), asked);
  const ways = { once: () => timeRepeated(once, turnMs), "each time": () => timeRepeated(eachTime, turnMs) };
  return await takeWarmTurns(ways, { rounds, seed: asked.seed });
}
