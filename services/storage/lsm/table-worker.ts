// Makes one table, in a thread of its own: sorting a log and merging tables take time that requests do not wait for.
import { rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { User } from "../user.ts";
import { readLog } from "./log.ts";
import { mergeEntries } from "./merge.ts";
import { openTable } from "./table.ts";
import type { TableFacts } from "./table-facts.ts";
import { type Entry, writeTable } from "./table-writer.ts";

/** A table to make, from a log or from other tables. */
export interface TableOrder {
  readonly into: string;
  readonly log?: string;
  readonly tables?: readonly { readonly file: string; readonly facts: TableFacts }[];
}

const { into, log, tables = [] } = workerData as TableOrder;

async function makeTable(): Promise<Omit<TableFacts, "number">> {
  if (log !== undefined) {
    const { users } = await readLog(log);
    return writeTable(into, sortUsers(users), users.length);
  }
  const sources = tables.map(({ file, facts }) => openTable(file, facts));
  const maxUsers = sources.reduce((sum, { facts }) => sum + facts.users, 0);
  return writeTable(into, mergeEntries(sources.map((source) => source.entries())), maxUsers);
}

function sortUsers(users: readonly User[]): Entry[] {
  const entries = users.map((user) => ({ id: user.id, text: JSON.stringify(user) }));
  return entries.sort((one, other) => (one.id < other.id ? -1 : 1));
}

try {
  parentPort?.postMessage(await makeTable());
} catch (error) {
  rmSync(into, { force: true });
  throw error;
}
