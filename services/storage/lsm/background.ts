// What happens behind the requests: full logs become tables, and tables of one size a larger one. A thread makes the table; then it
// takes the place of what it was made of, in the manifest and in memory.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createGroupCommit } from "../group-commit.ts";
import { singleFlight } from "../single-flight.ts";
import { createThreads } from "../threads.ts";
import type { Counters } from "./counters.ts";
import type { Log } from "./log.ts";
import { countUsers, nameFile, replaceManifest, type TreeState } from "./manifest.ts";
import { openTable, type Table, type TableFacts, tableBytes } from "./table.ts";
import type { TableOrder } from "./table-maker.ts";

/** So many full logs wait to become tables at most, and so many tables to be merged; then writes wait. */
const MAX_FULL_LOGS = 2;
const MAX_UNMERGED_TABLES = 24;
/** So many tables of about one size become one of the next: each user is written once for each size there is. */
const MERGED_TABLES = 4;
/** A table of the fourth size, 256 MB, is merged no more: a thread has the indexes of all that it merges in memory, about 20 bytes
 * for each user. */
const MERGED_SIZES = 3;
/** What is made is written as it comes; left alone, a thread takes three times as much before it tidies up. A log of the longest
 * record that comes over HTTP, 64 MB, fits. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 };

/** @param unitBytes size of the smallest tables */
export function createBackground(
  folder: string,
  state: TreeState,
  unitBytes: number,
  counters: Counters,
  log: (line: string) => void,
) {
  const threads = createThreads(new URL("./table-maker.ts", import.meta.url), HEAP_LIMITS);

  /** Of two tables that are made at a time each has its turn to change what there is. */
  const changes = createGroupCommit<{ added: Table; sources: readonly (Log | Table)[] }>(async (several) => {
    const gone = new Set<Log | Table>(several.flatMap(({ sources }) => sources));
    const isKept = (source: Log | Table) => !gone.has(source);
    const tables = [...several.map(({ added }) => added), ...state.tables.filter(isKept)];
    const firstLog = state.logs.find(isKept)?.number as number;
    await replaceManifest(folder, { firstLog, tables: tables.map(({ facts }) => facts) });
    [state.tables, state.logs] = [tables, state.logs.filter(isKept)];
  });

  /** Returns the bytes of the table. */
  async function makeTable(sources: readonly (Log | Table)[]): Promise<number> {
    const number = state.nextNumber++;
    const file = join(folder, nameFile(number, "table"));
    const users = countUsers(sources);
    const order: TableOrder = { file, users, sources: sources.map(({ file, facts }) => ({ file, facts })) };
    const facts = { number, ...((await threads.run(order)) as Omit<TableFacts, "number">) };
    using opened = new DisposableStack();
    await changes.add({ added: opened.use(openTable(file, facts)), sources });
    opened.move();
    for (const source of sources) {
      if (source.facts !== null) source[Symbol.dispose]();
      rmSync(source.file, { force: true });
    }
    return tableBytes(facts);
  }

  const fullLogs = () => state.logs.slice(0, -1);
  const flush = singleFlight(async () => {
    const [full] = fullLogs();
    if (full !== undefined) counters.flushedBytes += await makeTable([full]);
  });
  const merge = singleFlight(async () => {
    const plan = () => planMerge(state.tables, unitBytes);
    for (let tables = plan(); tables !== null; tables = plan())
      counters.mergedBytes += await makeTable(tables);
  });
  /** Resolves when all full logs are tables and nothing is left to merge. */
  async function settle() {
    while (fullLogs().length > 0) await flush();
    await merge();
  }

  return {
    settle,
    /** Makes tables of what is full now. What fails is tried again at the next start, or when a write has no room. */
    start() {
      // Both at once: while writes go on there may always be a full log.
      Promise.all([merge(), settle()]).catch((error) => {
        if (error.name !== "AbortError") log(`${folder}: ${error.message}`);
      });
    },
    /** Resolves when another log may become full: memory and the number of tables have an upper end. */
    async makeRoom() {
      const hasTooManyTables = findUnmerged(state.tables, unitBytes).length >= MAX_UNMERGED_TABLES;
      if (fullLogs().length < MAX_FULL_LOGS && !hasTooManyTables) return;
      const startMs = performance.now();
      while (fullLogs().length >= MAX_FULL_LOGS) await flush();
      if (hasTooManyTables) await merge();
      counters.stallSeconds += (performance.now() - startMs) / 1_000;
    },
    async [Symbol.asyncDispose]() {
      // A table that is being made is left over, and made again.
      await threads[Symbol.asyncDispose]();
      await Promise.allSettled([flush(), merge()]);
      for (const table of state.tables) table[Symbol.dispose]();
    },
  };
}

/**
 * Chooses the tables to merge next: the smallest that there are enough of.
 * @param unitBytes size of the smallest tables
 * @returns null when no size has enough
 */
export function planMerge(tables: readonly Table[], unitBytes: number): readonly Table[] | null {
  const bySize = Object.groupBy(findUnmerged(tables, unitBytes), (table) => rankSize(table, unitBytes));
  // Keys of an object that are whole numbers come in ascending order.
  return Object.values(bySize).find((alike) => (alike?.length ?? 0) >= MERGED_TABLES) ?? null;
}

function findUnmerged(tables: readonly Table[], unitBytes: number): readonly Table[] {
  return tables.filter((table) => rankSize(table, unitBytes) < MERGED_SIZES);
}

/** Returns 0 for the smallest tables, 1 for those made of about four of them, and so on. */
function rankSize({ facts }: Table, unitBytes: number): number {
  return Math.max(0, Math.round(Math.log(tableBytes(facts) / unitBytes) / Math.log(MERGED_TABLES)));
}
