// Merging sorted sequences with a heap of their first records.
import { compareIds, type RecordView } from "./record-view.ts";

/** Records in id order, read one by one. */
export interface SortedRecords {
  /** The record that the reader is at. */
  readonly view: RecordView;
  /** The sort key of its id. */
  readonly key: number;
  /** Moves to the next record, at first to the first. Returns false at the end. */
  advance(): boolean;
}

interface Source {
  readonly records: SortedRecords;
  /** Position among the sources: of equal ids, the one from the earlier source comes first. */
  readonly rank: number;
}

/** Yields the records of all sources in id order, equal ids in the order of the sources. */
export function* mergeSorted(sources: readonly SortedRecords[]): Generator<RecordView> {
  const heap: Source[] = sources
    .map((records, rank) => ({ records, rank }))
    .filter(({ records }) => records.advance());
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i);
  while (heap.length > 0) {
    const { records } = heap[0] as Source;
    yield records.view;
    if (!records.advance()) {
      const last = heap.pop() as Source;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    siftDown(heap, 0);
  }
}

function siftDown(heap: Source[], start: number): void {
  const source = heap[start] as Source;
  let hole = start;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Source, heap[child] as Source)) child++;
    if (!isBefore(heap[child] as Source, source)) break;
    heap[hole] = heap[child] as Source;
    hole = child;
  }
  heap[hole] = source;
}

function isBefore(a: Source, b: Source): boolean {
  if (a.records.key !== b.records.key) return a.records.key < b.records.key;
  return (compareIds(a.records.view, b.records.view) || a.rank - b.rank) < 0;
}
