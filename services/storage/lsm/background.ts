// What happens behind the requests: full logs become tables, and tables of one size a larger one. A thread makes the table; then it
// takes the place of what it was made of, in the manifest and in memory.
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createGroupCommit } from "../group-commit.ts";
import { singleFlight } from "../single-flight.ts";
import type { Counters } from "./counters.ts";
import type { Log } from "./log.ts";
import { countUsers, nameFile, replaceManifest, type Sources, type TreeState } from "./manifest.ts";
import { planMerge } from "./merge.ts";
import { openTable, type Table, type TableFacts, tableBytes } from "./table.ts";
import type { TableOrder } from "./table-worker.ts";

/** So many full logs wait to become tables at most, and so many tables there are; then writes wait. */
const MAX_FULL_LOGS = 2;
const MAX_TABLES = 24;

/** What is made is written as it comes; left alone, a thread takes three times as much before it tidies up. The index of ten million
 * users fits. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 };

/** @param unitBytes size of the smallest tables */
export function createBackground(
  folder: string,
  state: TreeState,
  unitBytes: number,
  counters: Counters,
  log: (line: string) => void,
) {
  const threads = createThreads();

  /** Of two tables that are made at a time each has its turn to change what there is. */
  const changes = createGroupCommit<Sources & { readonly added: Table }>(async (several) => {
    const gone = new Set<Log | Table>(several.flatMap(({ logs, tables }) => [...logs, ...tables]));
    const isKept = (source: Log | Table) => !gone.has(source);
    const tables = [...several.map(({ added }) => added), ...state.tables.filter(isKept)];
    const firstLog = state.logs.find(isKept)?.number as number;
    await replaceManifest(folder, { firstLog, tables: tables.map(({ facts }) => facts) });
    [state.tables, state.logs] = [tables, state.logs.filter(isKept)];
  });

  /** Returns the bytes of the table. */
  async function makeTable({ logs, tables }: Sources): Promise<number> {
    const number = state.nextNumber++;
    const file = join(folder, nameFile({ number, kind: "table" }));
    const facts = await threads.run({
      ...{ file, number, maxUsers: countUsers({ logs, tables }) },
      logs: logs.map(({ file }) => file),
      tables: tables.map(({ file, facts }) => ({ file, facts })),
    });
    using opened = new DisposableStack();
    await changes.add({ added: opened.use(openTable(file, facts)), logs, tables });
    opened.move();
    for (const table of tables) table[Symbol.dispose]();
    for (const { file } of [...logs, ...tables]) rmSync(file, { force: true });
    return tableBytes(facts);
  }

  const fullLogs = () => state.logs.slice(0, -1);

  const flush = singleFlight(async () => {
    const logs = fullLogs().slice(0, 1);
    if (logs.length > 0) counters.flushedBytes += await makeTable({ logs, tables: [] });
  });

  const merge = singleFlight(async () => {
    const plan = () => planMerge(state.tables, unitBytes);
    for (let tables = plan(); tables !== null; tables = plan())
      counters.mergedBytes += await makeTable({ logs: [], tables });
  });

  async function settle(): Promise<void> {
    while (fullLogs().length > 0) await flush();
    await merge();
  }

  return {
    /** Resolves when all full logs are tables and nothing is left to merge. */
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
      if (fullLogs().length < MAX_FULL_LOGS && state.tables.length < MAX_TABLES) return;
      const startMs = performance.now();
      while (fullLogs().length >= MAX_FULL_LOGS) await flush();
      if (state.tables.length >= MAX_TABLES) await merge();
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

/** Starts a thread for each table that is made at one time, and keeps it for the next: starting one costs as much as a small table. */
function createThreads() {
  const ending = new AbortController();
  const idle: Worker[] = [];

  function startThread(): Worker {
    // What the process was started with, such as a preloaded module, is not for this.
    const options = { execArgv: [], resourceLimits: HEAP_LIMITS };
    return new Worker(new URL("./table-worker.ts", import.meta.url), options).on("error", () => {});
  }

  return {
    async run(order: TableOrder): Promise<TableFacts> {
      ending.signal.throwIfAborted();
      const thread = idle.pop() ?? startThread();
      try {
        thread.postMessage(order);
        const [made] = await once(thread, "message", { signal: ending.signal });
        idle.push(thread);
        return made;
      } catch (error) {
        await thread.terminate();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all(idle.map((thread) => thread.terminate()));
    },
  };
}
