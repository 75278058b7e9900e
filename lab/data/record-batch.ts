// The records of one block of lines, as places in its bytes: no object is made for a record.
import type { LineBlock } from "./line-blocks.ts";

/** A last line that is no record and has no end: what a writer leaves that was stopped in the middle. */
export interface TornLine {
  /** Where it starts in the file. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Records in file order. Overwritten by the next batch. */
export interface RecordBatch {
  /** The lines of a block; behind them the ids of those that have not the usual shape. */
  bytes: Buffer;
  /** End of the lines in it, and of the ids. */
  lineBytes: number;
  usedBytes: number;
  /** Where the block starts in the file. */
  offsetBytes: number;
  count: number;
  /** Record i is in bytes lineStarts[i] to lineEnds[i], without its line end. */
  readonly lineStarts: Uint32Array;
  readonly lineEnds: Uint32Array;
  /** Its id in UTF-8 is in bytes idStarts[i] to idEnds[i]: see RecordView. */
  readonly idStarts: Uint32Array;
  readonly idEnds: Uint32Array;
  isLast: boolean;
  /** Only ever in the last batch. */
  torn: TornLine | null;
}

/** Makes room for as many records. */
export function createBatch(capacity: number): RecordBatch {
  return {
    bytes: Buffer.alloc(0),
    lineBytes: 0,
    usedBytes: 0,
    offsetBytes: 0,
    count: 0,
    lineStarts: new Uint32Array(capacity),
    lineEnds: new Uint32Array(capacity),
    idStarts: new Uint32Array(capacity),
    idEnds: new Uint32Array(capacity),
    isLast: false,
    torn: null,
  };
}

/** Makes a batch the one of this block, without records yet. */
export function startBatch(batch: RecordBatch, block: LineBlock): void {
  batch.bytes = block.bytes;
  batch.lineBytes = block.bytes.length;
  batch.usedBytes = block.bytes.length;
  batch.offsetBytes = block.offsetBytes;
  batch.count = 0;
  batch.isLast = block.isLast;
  batch.torn = null;
}

export function addRecord(
  batch: RecordBatch,
  lineStart: number,
  lineEnd: number,
  idStart: number,
  idEnd: number,
): void {
  const i = batch.count++;
  batch.lineStarts[i] = lineStart;
  batch.lineEnds[i] = lineEnd;
  batch.idStarts[i] = idStart;
  batch.idEnds[i] = idEnd;
}

/** Puts an id behind what is in the batch. Returns where it starts. */
export function appendId(batch: RecordBatch, id: string): number {
  const start = batch.usedBytes;
  const end = start + Buffer.byteLength(id);
  if (end > batch.bytes.length) {
    const larger = Buffer.allocUnsafeSlow(Math.ceil(end * 1.5));
    batch.bytes.copy(larger, 0, 0, start);
    batch.bytes = larger;
  }
  batch.bytes.write(id, start);
  batch.usedBytes = end;
  return start;
}
