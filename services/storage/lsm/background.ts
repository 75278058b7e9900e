// What happens behind the requests: full logs become tables, and tables of one size a larger one. A thread makes the table; then it
// takes the place of what it was made of, in memory and in the manifest. What that costs is counted.
import { singleFlight } from "../single-flight.ts";
import { createThreads } from "../threads.ts";
import type { Log } from "./log.ts";
import { countUsers, nameFile, replaceManifest, type TreeState, tryRemove } from "./manifest.ts";
import { openTable, type Table } from "./table.ts";

/** So many full logs wait to become tables at most, then writes wait; and while so many tables are to be merged, no log becomes
 * another. */
const MAX_FULL_LOGS = 2;
const MAX_UNMERGED_TABLES = 24;
/** So many tables of about one size become one of the next: each user is written once for each size there is. */
const MERGED_TABLES = 4;
/** A table of the fourth size, 256 MB, is merged no more: a thread has the indexes of all that it merges in memory, about 20 bytes
 * for each user. */
const MERGED_SIZES = 3;
/** What is made is written as it comes; left alone, a thread takes three times as much before it tidies up. A log is at most as long as
 * two and what one has sent; one of 64 MB fits. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 };

type Source = Log | Table;

/** @param unitBytes size of the smallest tables */
export function createBackground(state: TreeState, unitBytes: number, log: (line: string) => void) {
  const counters = startCounters();
  const threads = createThreads(new URL("./table-maker.ts", import.meta.url), HEAP_LIMITS);
  /** What memory has no more: needed by a start until the manifest is replaced, and then to be removed. */
  const replaced: Source[] = [];
  /** Writes down what there is in memory, for one or both of the tables that are made at a time. */
  const writeManifest = singleFlight(async () => {
    const known = replaced.length;
    await replaceManifest(state);
    for (const { file } of replaced.splice(0, known)) await tryRemove(file, log);
  });

  /** Returns the bytes of the table, 0 when there is nothing to make one of. */
  async function makeTable(sources: readonly Source[]): Promise<number> {
    if (sources.length === 0) return 0;
    const file = nameFile(state, "table");
    const files = sources.map(({ file, dataBytes }) => ({ file, dataBytes }));
    const dataBytes = await threads.run({ file, users: countUsers(sources), sources: files });
    const table = openTable(file, dataBytes as number);
    // Memory is first, and at one moment: until the manifest names the table, a start finds the sources.
    const isKept = (source: Source) => !sources.includes(source);
    state.logs = state.logs.filter(isKept);
    state.tables = [table, ...state.tables.filter(isKept)];
    replaced.push(...sources);
    for (const source of sources) if ("read" in source) source[Symbol.dispose]();
    await writeManifest();
    return table.bytes;
  }

  const fullLogs = () => state.logs.slice(0, -1);
  const mergeable = () => planMerge(state.tables, unitBytes);
  const flush = singleFlight(async () => {
    if (findUnmerged(state.tables, unitBytes).length >= MAX_UNMERGED_TABLES) await merge();
    counters.flushedBytes.value += await makeTable(fullLogs().slice(0, 1));
  });
  const merge = singleFlight(async () => {
    counters.mergedBytes.value += await makeTable(mergeable());
  });
  /** Resolves when all full logs are tables and nothing is left to merge. */
  async function settle() {
    while (fullLogs().length > 0) await flush();
    while (mergeable().length > 0) await merge();
    // Of a manifest that could not be replaced, or was being when another table was finished.
    while (replaced.length > 0) await writeManifest();
  }

  return {
    counters,
    settle,
    /** Makes tables of what is full now. What fails is tried again at the next start, or when a write has failed or has no room. */
    start() {
      // Both at once: while writes go on there may always be a full log.
      Promise.all([merge(), settle()]).catch((error) => {
        if (error.name !== "AbortError") log(`${state.folder}: ${error.message}`);
      });
    },
    /** Resolves when another log may become full: memory has an upper end. */
    async makeRoom() {
      if (fullLogs().length < MAX_FULL_LOGS) return;
      const startMs = performance.now();
      while (fullLogs().length >= MAX_FULL_LOGS) await flush();
      counters.stallSeconds.value += (performance.now() - startMs) / 1_000;
    },
    async [Symbol.asyncDispose]() {
      // A table that is being made is left over, and made again.
      await threads[Symbol.asyncDispose]();
      await Promise.allSettled([flush(), merge()]);
      if (replaced.length > 0) await writeManifest().catch(() => {});
      for (const table of state.tables) table[Symbol.dispose]();
    },
  };
}

/**
 * Chooses the tables to merge next: the smallest that there are enough of.
 * @param unitBytes size of the smallest tables
 * @returns none when no size has enough
 */
export function planMerge(tables: readonly Table[], unitBytes: number): readonly Table[] {
  const bySize = Object.groupBy(findUnmerged(tables, unitBytes), (table) => rankSize(table, unitBytes));
  // Keys of an object that are whole numbers come in ascending order.
  const alike = Object.values(bySize).find((some) => (some?.length ?? 0) >= MERGED_TABLES);
  return alike?.slice(0, MERGED_TABLES) ?? [];
}

function findUnmerged(tables: readonly Table[], unitBytes: number): readonly Table[] {
  return tables.filter((table) => rankSize(table, unitBytes) < MERGED_SIZES);
}

/** Returns 0 for the smallest tables, 1 for those made of about four of them, and so on. */
function rankSize({ bytes }: Table, unitBytes: number): number {
  return Math.max(0, Math.round(Math.log(bytes / unitBytes) / Math.log(MERGED_TABLES)));
}

/** Starts to count what a tree does from now on. Each count is the figure that /metrics has of it. */
export function startCounters() {
  const count = (name: string, help: string) => ({ name, help, type: "counter" as const, value: 0 });
  return {
    userBytes: count("lsm_user_bytes_total", "Bytes of the users that were stored, as JSON."),
    logBytes: count("lsm_log_bytes_total", "Bytes written to the log."),
    flushedBytes: count("lsm_flushed_bytes_total", "Bytes of tables that were made from a log."),
    mergedBytes: count("lsm_merged_bytes_total", "Bytes of tables that were made from tables."),
    stallSeconds: count("lsm_stall_seconds_total", "Time in which writes waited for tables to be made."),
    lookups: count("lsm_lookups_total", "Ids that the tables were asked for: those that are not in memory."),
    filterChecks: count("lsm_filter_checks_total", "Bloom filters that were asked."),
    blockReads: count("lsm_block_reads_total", "Blocks read from tables."),
  };
}

export type Counters = ReturnType<typeof startCounters>;

/** Returns how many bytes were written for each byte that was stored, and how many blocks were read for each id that the tables
 * were asked for; 0 before the first. */
export function computeAmplification(counters: Counters) {
  const { userBytes, logBytes, flushedBytes, mergedBytes, lookups, blockReads } = counters;
  const divide = (part: number, whole: number) => (whole === 0 ? 0 : Number((part / whole).toFixed(3)));
  return {
    writeAmplification: divide(logBytes.value + flushedBytes.value + mergedBytes.value, userBytes.value),
    readAmplification: divide(blockReads.value, lookups.value),
  };
}
