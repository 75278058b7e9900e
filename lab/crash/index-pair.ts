// What a users.jsonl and its users.idx are together.
import { existsSync, readFileSync } from "node:fs";
import { ENTRY_BYTES, entryId, entryOffset } from "../../services/storage/index-entry.ts";
import { parseUser } from "../../services/storage/user.ts";

export interface IndexPair {
  /** Records of the data file that can be read. */
  readonly records: number;
  /** Lines that cannot, a torn last one included. */
  readonly badLines: number;
  readonly entries: number;
  /** Whether each entry leads to the record of its id. */
  readonly isOne: boolean;
}

export function readPair(dataFile: string, indexFile: string): IndexPair {
  const data = existsSync(dataFile) ? readFileSync(dataFile) : Buffer.alloc(0);
  const index = existsSync(indexFile) ? readFileSync(indexFile) : Buffer.alloc(0);
  const lines = data
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const records = lines.filter((line) => readId(line) !== null).length;
  const entries = Math.floor(index.length / ENTRY_BYTES);
  const isOne =
    index.length % ENTRY_BYTES === 0 &&
    Array.from({ length: entries }, (_, place) =>
      index.subarray(place * ENTRY_BYTES, (place + 1) * ENTRY_BYTES),
    ).every((entry) => {
      try {
        const start = entryOffset(entry);
        const end = data.indexOf("\n", start);
        return (
          readId(data.toString("utf8", start, end === -1 ? data.length : end)) === entryId(entry).trimEnd()
        );
      } catch {
        return false;
      }
    });
  return { records, badLines: lines.length - records, entries, isOne };
}

function readId(line: string): string | null {
  try {
    return parseUser(line).id;
  } catch {
    return null;
  }
}
