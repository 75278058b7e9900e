// Makes tables, in a thread of its own: sorting a log and merging tables take time that requests do not wait for.
import { parentPort } from "node:worker_threads";
import type { User } from "../user.ts";
import { readLog } from "./log.ts";
import { mergeEntries } from "./merge.ts";
import { openTable } from "./table.ts";
import type { TableFacts } from "./table-facts.ts";
import type { Answer, MadeTable } from "./table-maker.ts";
import { type Entry, writeTable } from "./table-writer.ts";

/** A table to make, from a log or from other tables. */
export interface TableOrder {
  readonly into: string;
  readonly log?: string;
  readonly tables?: readonly { readonly file: string; readonly facts: TableFacts }[];
}

async function makeTable({ into, log, tables = [] }: TableOrder): Promise<MadeTable> {
  if (log !== undefined) {
    const { users } = await readLog(log);
    return writeTable(into, sortUsers(users), users.length);
  }
  const sources = tables.map(({ file, facts }) => openTable(file, facts));
  try {
    const maxUsers = sources.reduce((sum, { facts }) => sum + facts.users, 0);
    return writeTable(into, mergeEntries(sources.map((source) => source.entries())), maxUsers);
  } finally {
    for (const source of sources) source.close();
  }
}

function sortUsers(users: readonly User[]): Entry[] {
  const entries = users.map((user) => ({ id: user.id, text: JSON.stringify(user) }));
  return entries.sort((one, other) => (one.id < other.id ? -1 : 1));
}

parentPort?.on("message", async (order: TableOrder) => {
  const answer: Answer = await makeTable(order).then(
    (made) => ({ made }),
    (error: Error) => ({ reason: error.message }),
  );
  parentPort?.postMessage(answer);
});
