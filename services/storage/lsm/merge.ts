// Many sorted sources, one sorted result.
import type { Entry } from "./table-writer.ts";

/** Yields the entries of all sources in the order of their ids. An id that several have comes once, from the first of them.
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
