// Merging: which tables, and how many sorted sources become one sorted result. Pure.
import { type TableFacts, tableBytes } from "./table-facts.ts";
import type { Entry } from "./table-writer.ts";

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

/** Yields the entries of all sources in the order of their ids. Tables have no id in common; one that several sources have
 * would come once, whoever's it is.
 * @param sources sorted by id, each id once in each */
export function* mergeEntries(sources: readonly Iterable<Entry>[]): Generator<Entry> {
  const iterators = sources.map((source) => source[Symbol.iterator]());
  const heads = iterators.map(takeNext);
  while (true) {
    const first = findFirst(heads);
    if (first === null) return;
    yield first;
    for (const [at, head] of heads.entries())
      if (head?.id === first.id) heads[at] = takeNext(iterators[at] as Iterator<Entry>);
  }
}

function findFirst(heads: readonly (Entry | null)[]): Entry | null {
  let first: Entry | null = null;
  for (const head of heads) if (head !== null && (first === null || head.id < first.id)) first = head;
  return first;
}

function takeNext(iterator: Iterator<Entry>): Entry | null {
  const { done, value } = iterator.next();
  return done ? null : value;
}
