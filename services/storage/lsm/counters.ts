// What the tree has done since it was opened, and what that says of it. Pure.
import type { StoreFigure } from "../user-store.ts";

/** Names and texts of what is counted, for /metrics. */
const COUNTED = {
  userBytes: ["lsm_user_bytes_total", "Bytes of the users that were stored, as JSON."],
  logBytes: ["lsm_log_bytes_total", "Bytes written to the log."],
  flushedBytes: ["lsm_flushed_bytes_total", "Bytes of tables that were made from a log."],
  mergedBytes: ["lsm_merged_bytes_total", "Bytes of tables that were made from tables."],
  lookups: ["lsm_lookups_total", "Ids that the tables were asked for: those that are not in memory."],
  filterChecks: ["lsm_filter_checks_total", "Bloom filters that were asked."],
  blockReads: ["lsm_block_reads_total", "Blocks read from tables."],
  stallSeconds: ["lsm_stall_seconds_total", "Time in which writes waited for tables to be made."],
} as const;

export type Counters = Record<keyof typeof COUNTED, number>;

export function startCounters(): Counters {
  return Object.fromEntries(Object.keys(COUNTED).map((name) => [name, 0])) as Counters;
}

/** Returns how many bytes were written for each byte that was stored; 0 before the first. */
export function writeAmplification(counters: Readonly<Counters>): number {
  const { userBytes, logBytes, flushedBytes, mergedBytes } = counters;
  return divide(logBytes + flushedBytes + mergedBytes, userBytes);
}

/** Returns how many blocks were read for each id that the tables were asked for; 0 before the first. */
export function readAmplification({ lookups, blockReads }: Readonly<Counters>): number {
  return divide(blockReads, lookups);
}

/** Returns a ratio to three digits behind the point, 0 where there is nothing to divide by. */
function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 1_000;
}

/** The figures for /metrics.
 * @param tables how many there are now */
export function listFigures(counters: Readonly<Counters>, tables: number): StoreFigure[] {
  const counted = Object.entries(COUNTED).map(
    ([counter, [name, help]]): StoreFigure => ({
      ...{ name, help, type: "counter" },
      value: counters[counter as keyof Counters],
    }),
  );
  return [...counted, { name: "lsm_tables", help: "Sorted tables on the disk.", value: tables }];
}
