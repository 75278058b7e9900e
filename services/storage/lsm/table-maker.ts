// What a thread does to make a table: sorting a log and merging tables take time that requests do not wait for.
import { parentPort } from "node:worker_threads";
import { readLog } from "./log.ts";
import { type Entry, openTable, type TableFacts, writeTable } from "./table.ts";

/** A table to make of logs and of tables, which have no id in common. */
export interface TableOrder {
  readonly file: string;
  readonly users: number;
  /** Those without facts are logs. */
  readonly sources: readonly { readonly file: string; readonly facts: TableFacts | null }[];
}

parentPort?.on("message", async ({ file, users, sources }: TableOrder) => {
  const sorted = sources.map(({ file, facts }) => (facts === null ? sortLog(file) : readTable(file, facts)));
  // What fails ends the thread, and whoever waits is told.
  parentPort?.postMessage(writeTable(file, mergeEntries(await Promise.all(sorted)), users));
});

async function sortLog(file: string): Promise<Entry[]> {
  const { users } = await readLog(file);
  const entries = [...users.values()].map((user) => ({ id: user.id, text: JSON.stringify(user) }));
  return entries.sort((one, other) => (one.id < other.id ? -1 : 1));
}

function* readTable(file: string, facts: TableFacts): Generator<Entry> {
  using table = openTable(file, facts);
  yield* table.entries();
}

/** Yields the entries of all sources in the order of their ids.
 * @param sources sorted by id; no id is in two of them */
export function* mergeEntries(sources: readonly Iterable<Entry>[]): Generator<Entry> {
  const rests = sources.map((source) => source[Symbol.iterator]());
  let runs = rests.map((rest) => ({ rest, head: rest.next() })).filter(({ head }) => !head.done);
  while (runs.length > 0) {
    const first = runs.reduce((one, other) => (other.head.value.id < one.head.value.id ? other : one));
    yield first.head.value;
    first.head = first.rest.next();
    if (first.head.done) runs = runs.filter((run) => run !== first);
  }
}
