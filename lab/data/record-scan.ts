// Finding the records of a users.jsonl, batch by batch, and checking every one of them.
import { damagedLine } from "../../services/storage/faults.ts";
import { parseUser } from "../../services/storage/user.ts";
import { type LineBlock, readLineBlocks } from "./line-blocks.ts";
import { createFieldPlaces, locateFields, RECORD_MIN_BYTES } from "./record-shape.ts";
import type { SourceFile } from "./source-file.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A last line that is no record and has no end: what a writer leaves that was stopped in the middle. */
export interface TornLine {
  /** Where it starts in the file. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Records in file order. Overwritten by the next batch. */
export interface RecordBatch {
  /** The lines of a block; behind them the ids that do not stand in their lines as they are. */
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
  /** Its id in UTF-8 is in bytes idStarts[i] to idEnds[i]. */
  readonly idStarts: Uint32Array;
  readonly idEnds: Uint32Array;
  isLast: boolean;
  /** Only ever in the last batch. */
  torn: TornLine | null;
}

export interface ScanOptions {
  readonly source: SourceFile;
  /** Memory for the lines of one batch. */
  readonly batchBytes: number;
  /** Throws an error that says what is wrong when the id in UTF-8 in bytes `start` to `end` is refused. */
  readonly checkId?: ((bytes: Buffer, start: number, end: number) => void) | undefined;
}

/** Yields all records of a file, in at least one batch. Blank lines are skipped; of a torn last line only the place
 * is told.
 * @throws DamagedData for a line that is not a user, and for one whose id is refused */
export function* scanRecords({ source, batchBytes, checkId }: ScanOptions): Generator<RecordBatch> {
  // One byte more than the file has: a block that comes back short is known to be the last.
  const blockBytes = Math.min(batchBytes, source.sizeBytes + 1);
  const batch = createBatch(Math.ceil(blockBytes / RECORD_MIN_BYTES) + 1);
  let lines = 0;
  for (const block of readLineBlocks(source.fd, blockBytes)) {
    startBatch(batch, block);
    for (let start = 0, next = 0; start < block.bytes.length; start = next) {
      lines++;
      try {
        next = takeUsualLine(batch, block, start, checkId) ?? takeOtherLine(batch, block, start, checkId);
      } catch (error) {
        throw damagedLine({ file: source.name, line: lines, byte: block.offsetBytes + start }, error);
      }
    }
    yield batch;
  }
}

type CheckId = ScanOptions["checkId"];

const places = createFieldPlaces();

/** Adds the record of the line at `start`. Returns where the next line starts, or null if it has another shape. */
function takeUsualLine(
  batch: RecordBatch,
  { bytes }: LineBlock,
  start: number,
  checkId: CheckId,
): number | null {
  const end = locateFields(bytes, start, bytes.length, places);
  const next = end === -1 ? null : skipLineEnd(bytes, end);
  if (next === null) return null;
  const [idStart, idEnd] = places as unknown as [number, number];
  checkId?.(bytes, idStart, idEnd);
  addRecord(batch, start, end, idStart, idEnd);
  return next;
}

/** Returns where the next line starts when this one ends at `end`, otherwise null. */
function skipLineEnd(bytes: Buffer, end: number): number | null {
  const at = bytes[end] === CARRIAGE_RETURN ? end + 1 : end;
  if (at === bytes.length) return at;
  return bytes[at] === NEWLINE ? at + 1 : null;
}

/** Does the same for a line of any shape, which may be blank or torn as well. */
function takeOtherLine(batch: RecordBatch, block: LineBlock, start: number, checkId: CheckId): number {
  const { bytes } = block;
  const newline = bytes.indexOf(NEWLINE, start);
  const end = newline === -1 ? bytes.length : newline;
  const next = newline === -1 ? bytes.length : newline + 1;
  const text = bytes.toString("utf8", start, end);
  if (text.trim() === "") return next;

  const id = newline === -1 ? parseIdIfWhole(text) : parseUser(text).id;
  if (id === null) {
    batch.torn = { offsetBytes: block.offsetBytes + start, lengthBytes: end - start };
    return next;
  }
  const idStart = appendId(batch, id);
  checkId?.(batch.bytes, idStart, batch.usedBytes);
  const lineEnd = bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
  addRecord(batch, start, lineEnd, idStart, batch.usedBytes);
  return next;
}

function parseIdIfWhole(text: string): string | null {
  try {
    return parseUser(text).id;
  } catch {
    return null;
  }
}

function createBatch(capacity: number): RecordBatch {
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

function startBatch(batch: RecordBatch, block: LineBlock): void {
  batch.bytes = block.bytes;
  batch.lineBytes = block.bytes.length;
  batch.usedBytes = block.bytes.length;
  batch.offsetBytes = block.offsetBytes;
  batch.count = 0;
  batch.isLast = block.isLast;
  batch.torn = null;
}

function addRecord(
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
function appendId(batch: RecordBatch, id: string): number {
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
