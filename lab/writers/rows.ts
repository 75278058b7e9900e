// PostgreSQL's locks: connections that update a row each, and connections that update the same row. No service has a route
// for it, so the client talks to the server itself.
import pg from "pg";
import { startRandom } from "../../k6/lib/random.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { shuffleBy } from "../lesson/turns.ts";
import { buildLatencies, summarizeLatencies } from "../load/latencies.ts";
import type { RowsRecord } from "./record.ts";
import { copyData, type Stage } from "./stage.ts";

const CONNECTIONS = 8;
const WAYS = ["different", "same"] as const;

/** Measures both ways, in an order drawn from the seed, on a copy of an approach's database. */
export async function measureRows(
  stage: Stage,
  { name, row }: { readonly name: string; readonly row: Approach },
  { block, seed }: { readonly block: number; readonly seed: number },
): Promise<RowsRecord> {
  await using data = await copyData(stage, name, row);
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new pg.Client({ connectionString: data.databaseUrl, ssl: false }),
  );
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const [first] = clients as [pg.Client];
    await first.query("CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
    await first.query("INSERT INTO counters SELECT id, 0 FROM generate_series(0, $1 - 1) AS id", [
      CONNECTIONS,
    ]);
    const results = new Map<(typeof WAYS)[number], Updates>();
    for (const way of shuffleBy(WAYS, startRandom(seed)))
      results.set(way, await updateFor(clients, stage, (index) => (way === "same" ? 0 : index)));
    const different = results.get("different") as Updates;
    const same = results.get("same") as Updates;
    const { rows } = await first.query<{ sum: string }>("SELECT sum(n) FROM counters");
    return {
      block,
      connections: CONNECTIONS,
      differentPerSecond: different.perSecond,
      differentLatencyMs: different.latencyMs,
      samePerSecond: same.perSecond,
      sameLatencyMs: same.latencyMs,
      lost: different.updates + same.updates - Number(rows[0]?.sum),
    };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

type Updates = Awaited<ReturnType<typeof updateFor>>;

async function updateFor(
  clients: readonly pg.Client[],
  { durationMs, signal }: Stage,
  rowOf: (index: number) => number,
) {
  const latencies = buildLatencies();
  let updates = 0;
  const startMs = performance.now();
  const work = async (client: pg.Client, index: number) => {
    while (performance.now() < startMs + durationMs) {
      signal.throwIfAborted();
      const askedMs = performance.now();
      const text = "UPDATE counters SET n = n + 1 WHERE id = $1";
      await client.query({ name: "update", text, values: [rowOf(index)] });
      latencies.recordValue(Math.round((performance.now() - askedMs) * 1000));
      updates++;
    }
  };
  await Promise.all(clients.map(work));
  const perSecond = (updates / (performance.now() - startMs)) * 1000;
  return { updates, perSecond, latencyMs: summarizeLatencies(latencies) };
}
