// Makes tables, in a thread of its own: sorting a log and merging tables take time that requests do not wait for.
import { parentPort } from "node:worker_threads";
import { readLog } from "./log.ts";
import { mergeEntries } from "./merge.ts";
import { type Entry, openTable, type Table, type TableFacts, writeTable } from "./table.ts";

/** A table to make of logs and of tables, which have no id in common. */
export interface TableOrder {
  readonly file: string;
  readonly number: number;
  readonly maxUsers: number;
  readonly logs: readonly string[];
  readonly tables: readonly Pick<Table, "file" | "facts">[];
}

parentPort?.on("message", async (order: TableOrder) => {
  // What fails ends the thread, and whoever waits is told.
  parentPort?.postMessage(await makeTable(order));
});

async function makeTable({ file, number, maxUsers, logs, tables }: TableOrder): Promise<TableFacts> {
  const sources = [...(await Promise.all(logs.map(sortLog))), ...tables.map(readTable)];
  return writeTable(file, number, mergeEntries(sources), maxUsers);
}

async function sortLog(file: string): Promise<Entry[]> {
  const { users } = await readLog(file);
  const entries = [...users.values()].map((user) => ({ id: user.id, text: JSON.stringify(user) }));
  return entries.sort((one, other) => (one.id < other.id ? -1 : 1));
}

function* readTable({ file, facts }: Pick<Table, "file" | "facts">): Generator<Entry> {
  using table = openTable(file, facts);
  yield* table.entries();
}
