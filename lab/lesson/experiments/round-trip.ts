// What the trip to PostgreSQL costs: `SELECT 1`, which looks up nothing, beside the lookup. One connection, the driver of
// the approach, one query at a time.
import postgres from "postgres";
import { databaseOf } from "../../data/data-places.ts";
import type { Experiment } from "../experiment.ts";
import { type Asked, startLookups } from "../open-store.ts";
import { type Round, takeWarmTurns, timeRepeated } from "../turns.ts";

export interface RoundTrip {
  readonly size: number;
  /** Milliseconds per query. */
  readonly rounds: readonly Round<"trip" | "lookup">[];
}

export const roundTrip: Experiment<RoundTrip> = {
  question: "how much of a read from PostgreSQL is the trip?",
  uses: ["postgres"],
  estimateMs: (_largest, rounds) => 1_000 + rounds * 700,
  async run({ largest: size, rounds, turnMs, dataSeed, seed, target, inProcess }) {
    const url = target.database?.urlOf(databaseOf(size));
    if (url === undefined) throw new Error("there is no database server");
    const args = { url, size, dataSeed, seed, rounds, turnMs };
    return { size, rounds: await inProcess(import.meta.url, timeQueries, args) };
  },
};

export async function timeQueries({
  url,
  rounds,
  turnMs,
  ...asked
}: Asked & { readonly url: string; readonly rounds: number; readonly turnMs: number }) {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  const lookUp = startLookups(async (id) => {
    const rows = await sql`SELECT id, name, email, created_at FROM users WHERE id = ${id}`;
    return rows[0];
  }, asked);
  const ways = {
    trip: () => timeRepeated(async () => await sql`SELECT 1`, turnMs),
    lookup: () => timeRepeated(lookUp, turnMs),
  };
  try {
    return await takeWarmTurns(ways, { rounds, seed: asked.seed });
  } finally {
    await sql.end();
  }
}
