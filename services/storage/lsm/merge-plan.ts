// Which tables are to be merged. Pure.
import { type TableFacts, tableBytes } from "./table-facts.ts";

/** So many tables of about one size become one of the next: each user is written once for each size there is. */
export const MERGED_TABLES = 4;

/**
 * Chooses the tables to merge next: the smallest that there are enough of.
 * @param unitBytes size of the smallest tables
 * @returns null when no size has enough
 */
export function planMerge(tables: readonly TableFacts[], unitBytes: number): readonly TableFacts[] | null {
  const tiers = Object.groupBy(tables, (table) => tierOf(tableBytes(table), unitBytes));
  // Keys of an object that are whole numbers come in ascending order.
  return Object.values(tiers).find((tier) => (tier?.length ?? 0) >= MERGED_TABLES) ?? null;
}

function tierOf(bytes: number, unitBytes: number): number {
  return Math.max(0, Math.round(Math.log(bytes / unitBytes) / Math.log(MERGED_TABLES)));
}
