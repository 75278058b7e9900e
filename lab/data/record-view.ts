import { compareBytes } from "../../services/storage/sort-key.ts";

/** One record somewhere in a buffer: a view that is moved from record to record. */
export interface RecordView {
  bytes: Buffer;
  /** The line, without its end, is in bytes lineStart to lineEnd. */
  lineStart: number;
  lineEnd: number;
  /** The id in UTF-8 is in bytes idStart to idEnd: inside the line if that has the usual shape, else
   * somewhere behind it. */
  idStart: number;
  idEnd: number;
}

export function createView(): RecordView {
  return { bytes: Buffer.alloc(0), lineStart: 0, lineEnd: 0, idStart: 0, idEnd: 0 };
}

/** Compares the ids of two records in byte order, as for Array.sort. */
export function compareIds(a: RecordView, b: RecordView): number {
  return compareBytes(a.bytes, a.idStart, a.idEnd, b.bytes, b.idStart, b.idEnd);
}

/** Whether the line has the shape that record-shape.ts recognises. */
export function isUsualShape({ lineEnd, idStart }: RecordView): boolean {
  return idStart < lineEnd;
}
