// Writing users.idx entry by entry, on bytes. The format is that of services/storage/index-entry.ts; a test compares.
import { ENTRY_BYTES, formatEntry, ID_BYTES } from "../../services/storage/index-entry.ts";
import { compareBytes } from "../../services/storage/sort-key.ts";
import { createOutput } from "./output-file.ts";

const SPACE = 0x20;
const LAST_PRINTABLE = 0x7e;
const DIGIT_0 = 0x30;
const LAST_DIGIT_AT = ENTRY_BYTES - 2;

/** Whether the id in bytes `start` to `end` is one of those that isIndexableId accepts. */
export function isIndexableIdBytes(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 1 || end - start > ID_BYTES) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte <= SPACE || byte > LAST_PRINTABLE) return false;
  }
  return true;
}

export interface IndexWriter extends Disposable {
  /** Adds the record at `offsetBytes`, whose id is in bytes `start` to `end`. Ids come in ascending order; of equal
   * ids only the first gets an entry. Returns false, and adds nothing, for an id that is out of order. */
  add(bytes: Uint8Array, start: number, end: number, offsetBytes: number): boolean;
  entries(): number;
  /** Records that got no entry because the one before has the same id. */
  duplicates(): number;
  /** Waits until the disk has the file. */
  finish(): void;
}

/** Creates an index file, which must not exist. */
export function createIndex(path: string): IndexWriter {
  const output = createOutput(path);
  const entry = Buffer.from(formatEntry("0", 0), "latin1");
  let idEnd = 0;
  let entries = 0;
  let duplicates = 0;
  return {
    add: (bytes, start, end, offsetBytes) => {
      const order = compareBytes(entry, 0, idEnd, bytes, start, end);
      if (order > 0) return false;
      if (order === 0) {
        duplicates++;
        return true;
      }
      idEnd = end - start;
      for (let i = 0; i < ID_BYTES; i++) entry[i] = i < idEnd ? (bytes[start + i] as number) : SPACE;
      writeOffset(entry, offsetBytes);
      output.writeBytes(entry, 0, ENTRY_BYTES);
      entries++;
      return true;
    },
    entries: () => entries,
    duplicates: () => duplicates,
    finish: output.finish,
    [Symbol.dispose]: output[Symbol.dispose],
  };
}

function writeOffset(entry: Uint8Array, offsetBytes: number): void {
  let rest = offsetBytes;
  for (let at = LAST_DIGIT_AT; at > ID_BYTES; at--) {
    const tens = Math.floor(rest / 10);
    entry[at] = DIGIT_0 + (rest - tens * 10);
    rest = tens;
  }
}
