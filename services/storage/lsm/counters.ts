// What the tree has done since it was opened, and what that says of it. Pure.
import type { StoreFigure } from "../user-store.ts";

export const startCounters = () => ({
  ...{ userBytes: 0, logBytes: 0, flushedBytes: 0, mergedBytes: 0, stallSeconds: 0 },
  ...{ lookups: 0, filterChecks: 0, blockReads: 0 },
});

export type Counters = ReturnType<typeof startCounters>;

/** Returns how many bytes were written for each byte that was stored, and how many blocks were read for each id that the tables
 * were asked for; 0 before the first. */
export function computeAmplification(counters: Readonly<Counters>) {
  const { userBytes, logBytes, flushedBytes, mergedBytes, lookups, blockReads } = counters;
  const divide = (part: number, whole: number) => (whole === 0 ? 0 : Number((part / whole).toFixed(3)));
  return {
    writeAmplification: divide(logBytes + flushedBytes + mergedBytes, userBytes),
    readAmplification: divide(blockReads, lookups),
  };
}

/** The figures for /metrics.
 * @param tables how many there are now */
export function listFigures(counters: Readonly<Counters>, tables: number): StoreFigure[] {
  const { userBytes, logBytes, flushedBytes, mergedBytes, stallSeconds } = counters;
  const count = (name: string, value: number, help: string): StoreFigure => ({
    ...{ name: `lsm_${name}_total`, type: "counter", value, help },
  });
  return [
    count("user_bytes", userBytes, "Bytes of the users that were stored, as JSON."),
    count("log_bytes", logBytes, "Bytes written to the log."),
    count("flushed_bytes", flushedBytes, "Bytes of tables that were made from a log."),
    count("merged_bytes", mergedBytes, "Bytes of tables that were made from tables."),
    count("stall_seconds", stallSeconds, "Time in which writes waited for tables to be made."),
    count("lookups", counters.lookups, "Ids that the tables were asked for: those that are not in memory."),
    count("filter_checks", counters.filterChecks, "Bloom filters that were asked."),
    count("block_reads", counters.blockReads, "Blocks read from tables."),
    { name: "lsm_tables", value: tables, help: "Sorted tables on the disk." },
  ];
}
