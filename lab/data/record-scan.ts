// Finding the records of a users.jsonl, batch by batch, and checking every one of them.
import { damagedLine } from "../../services/storage/faults.ts";
import { createFieldPlaces, locateFields, RECORD_MIN_BYTES } from "../../services/storage/record-shape.ts";
import { parseUser } from "../../services/storage/user.ts";
import { type LineBlock, readLineBlocks } from "./line-blocks.ts";
import { addRecord, appendId, createBatch, type RecordBatch, startBatch } from "./record-batch.ts";
import type { SourceFile } from "./source-file.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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
