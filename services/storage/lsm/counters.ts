// What the tree has done since it was opened, and what that says of it. Pure.
import type { StoreFigure } from "../user-store.ts";

export interface Counters {
  /** Ids that the tables were asked for, which are those that are not in memory. */
  lookups: number;
  /** Filters that were asked for them. */
  filterChecks: number;
  /** Blocks that were read for them. */
  blockReads: number;
  /** What the users take that were stored, as JSON. */
  userBytes: number;
  logBytes: number;
  /** Of tables that were made from a log. */
  flushedBytes: number;
  /** Of tables that were made from tables. */
  mergedBytes: number;
  /** How long writes have waited for tables to be made, all writes together. */
  stallMs: number;
}

export function startCounters(): Counters {
  return {
    ...{ lookups: 0, filterChecks: 0, blockReads: 0 },
    ...{ userBytes: 0, logBytes: 0, flushedBytes: 0, mergedBytes: 0, stallMs: 0 },
  };
}

/** Returns how many bytes were written for each byte that was stored; 0 before the first. */
export function writeAmplification(counters: Readonly<Counters>): number {
  const { userBytes, logBytes, flushedBytes, mergedBytes } = counters;
  return round((logBytes + flushedBytes + mergedBytes) / userBytes);
}

/** Returns how many blocks were read for each id that the tables were asked for; 0 before the first. */
export function readAmplification({ lookups, blockReads }: Readonly<Counters>): number {
  return round(blockReads / lookups);
}

function round(ratio: number): number {
  return Number.isFinite(ratio) ? Math.round(ratio * 1_000) / 1_000 : 0;
}

/** The figures for /metrics. */
export function listFigures(counters: Readonly<Counters>, now: { readonly tables: number }): StoreFigure[] {
  const counter = (name: string, help: string, value: number): StoreFigure => ({
    name: `lsm_${name}_total`,
    help,
    type: "counter",
    value,
  });
  return [
    counter("user_bytes", "Bytes of the users that were stored, as JSON.", counters.userBytes),
    counter("log_bytes", "Bytes written to the log.", counters.logBytes),
    counter("flushed_bytes", "Bytes of tables that were made from a log.", counters.flushedBytes),
    counter("merged_bytes", "Bytes of tables that were made from tables.", counters.mergedBytes),
    counter("lookups", "Ids that the tables were asked for.", counters.lookups),
    counter("filter_checks", "Bloom filters that were asked.", counters.filterChecks),
    counter("block_reads", "Blocks read from tables.", counters.blockReads),
    counter(
      "stall_seconds",
      "Time that writes have waited for tables, all together.",
      counters.stallMs / 1_000,
    ),
    { name: "lsm_tables", help: "Sorted tables on the disk.", value: now.tables },
    {
      name: "lsm_write_amplification_ratio",
      help: "Bytes written for each byte stored, since the start.",
      value: writeAmplification(counters),
    },
    {
      name: "lsm_read_amplification_ratio",
      help: "Blocks read for each id that the tables were asked for, since the start.",
      value: readAmplification(counters),
    },
  ];
}
