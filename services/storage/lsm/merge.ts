// Merging: which tables, and how several sorted sources become one. Pure.
import { type Entry, type Table, tableBytes } from "./table.ts";

/** So many tables of about one size become one of the next: each user is written once for each size there is. */
export const MERGED_TABLES = 4;

/**
 * Chooses the tables to merge next: the smallest that there are enough of.
 * @param unitBytes size of the smallest tables
 * @returns null when no size has enough
 */
export function planMerge(tables: readonly Table[], unitBytes: number): readonly Table[] | null {
  const tiers = Object.groupBy(tables, ({ facts }) => tierOf(tableBytes(facts), unitBytes));
  // Keys of an object that are whole numbers come in ascending order.
  return Object.values(tiers).find((tier) => (tier?.length ?? 0) >= MERGED_TABLES) ?? null;
}

function tierOf(bytes: number, unitBytes: number): number {
  return Math.max(0, Math.round(Math.log(bytes / unitBytes) / Math.log(MERGED_TABLES)));
}

/** Yields the entries of all sources in the order of their ids.
 * @param sources sorted by id; no id is in two of them */
export function* mergeEntries(sources: readonly Iterable<Entry>[]): Generator<Entry> {
  let runs = sources.flatMap((source) => startRun(source[Symbol.iterator]()));
  while (runs.length > 0) {
    const first = runs.reduce((one, other) => (other.entry.id < one.entry.id ? other : one));
    yield first.entry;
    const { done, value } = first.rest.next();
    if (done) runs = runs.filter((run) => run !== first);
    else first.entry = value;
  }
}

function startRun(rest: Iterator<Entry>): { entry: Entry; readonly rest: Iterator<Entry> }[] {
  const { done, value } = rest.next();
  return done ? [] : [{ entry: value, rest }];
}
