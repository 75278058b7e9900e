// Merging sorted sequences with a heap of their first records.
import { compareIds, type RecordView } from "./record-view.ts";
import type { RunReader } from "./run-file.ts";

interface Source {
  readonly run: RunReader;
  /** Position among the merged runs: of equal ids, the one from the earlier run comes first. */
  readonly rank: number;
}

/** Yields the records of all runs in id order, equal ids in the order of the runs. */
export function* mergeRuns(runs: readonly RunReader[]): Generator<RecordView> {
  const heap: Source[] = runs.map((run, rank) => ({ run, rank })).filter(({ run }) => run.advance());
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) siftDown(heap, i);
  while (heap.length > 0) {
    const { run } = heap[0] as Source;
    yield run.view;
    if (!run.advance()) {
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
  if (a.run.key !== b.run.key) return a.run.key < b.run.key;
  return (compareIds(a.run.view, b.run.view) || a.rank - b.rank) < 0;
}
