// Sorting the records of one batch, in memory.

import { compareBytes, KEY_LIMIT, sortKey } from "../../services/storage/sort-key.ts";
import type { SortedRecords } from "./merge.ts";
import type { RecordBatch } from "./record-batch.ts";
import { createView } from "./record-view.ts";

/** Records that a batch may have: what a number can count exactly beside a key. */
const BATCH_MAX_RECORDS = (Number.MAX_SAFE_INTEGER + 1) / KEY_LIMIT;

/**
 * Returns the indexes of a batch's records in byte order of their ids, equal ids in file order.
 *
 * A record becomes one number, its key times BATCH_MAX_RECORDS plus its index: sorting numbers in a typed array calls
 * no comparison function. Only records with equal keys are compared by their bytes, afterwards.
 */
function sortBatch(batch: RecordBatch): Uint32Array {
  const { bytes, count, idStarts, idEnds } = batch;
  if (count > BATCH_MAX_RECORDS) throw new RangeError(`a batch of ${count} records cannot be sorted`);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++)
    numbers[i] = sortKey(bytes, idStarts[i] as number, idEnds[i] as number) * BATCH_MAX_RECORDS + i;
  numbers.sort();

  const order = new Uint32Array(count);
  let groupStart = 0;
  let groupKey = -1;
  for (let i = 0; i < count; i++) {
    const number = numbers[i] as number;
    const key = Math.floor(number / BATCH_MAX_RECORDS);
    order[i] = number - key * BATCH_MAX_RECORDS;
    if (key === groupKey) continue;
    sortByBytes(batch, order.subarray(groupStart, i));
    groupStart = i;
    groupKey = key;
  }
  sortByBytes(batch, order.subarray(groupStart));
  return order;
}

function sortByBytes({ bytes, idStarts, idEnds }: RecordBatch, group: Uint32Array): void {
  if (group.length < 2) return;
  group.sort(
    (a, b) =>
      compareBytes(
        bytes,
        idStarts[a] as number,
        idEnds[a] as number,
        bytes,
        idStarts[b] as number,
        idEnds[b] as number,
      ) || a - b,
  );
}

/** Sorts a batch and reads its records in order. */
export function readBatch(batch: RecordBatch): SortedRecords {
  const order = sortBatch(batch);
  const view = createView();
  let next = 0;
  const reader = {
    view,
    key: 0,
    advance: () => {
      if (next === order.length) return false;
      const i = order[next++] as number;
      view.bytes = batch.bytes;
      view.lineStart = batch.lineStarts[i] as number;
      view.lineEnd = batch.lineEnds[i] as number;
      view.idStart = batch.idStarts[i] as number;
      view.idEnd = batch.idEnds[i] as number;
      reader.key = sortKey(view.bytes, view.idStart, view.idEnd);
      return true;
    },
  };
  return reader;
}
