// Whether a users.idx is one of the users.jsonl beside it, by a few of its entries.
import { readSync } from "node:fs";
import { DamagedData, WritesUnsupported } from "./faults.ts";
import { fileBytes } from "./file-bytes.ts";
import { ENTRY_BYTES, entryId, entryOffset } from "./index-entry.ts";
import { type Files, readRecord } from "./indexed-files.ts";
import { countRecords } from "./jsonl-count.ts";

/** How many entries are checked at start: odd, so that first, last and middle are among them. */
const CHECKED_ENTRIES = 17;

/** What an index covers. */
export interface Indexed {
  readonly entries: number;
  /** Bytes of users.jsonl. */
  readonly bytes: number;
}

/**
 * Checks a few entries, evenly spread, whatever the size of the index.
 * @returns the entries and the bytes of users.jsonl that they cover
 * @throws DamagedData when the index is not one of this data
 */
export function checkIndex({ indexFd, dataFd, indexBytes }: Files, indexFile: string): Indexed {
  if (indexBytes % ENTRY_BYTES !== 0) {
    throw new DamagedData(
      `${indexFile} has ${indexBytes} bytes, not a multiple of ${ENTRY_BYTES}; run build-index`,
    );
  }
  const entries = indexBytes / ENTRY_BYTES;
  const entry = Buffer.alloc(ENTRY_BYTES);
  let [previousId, bytes] = ["", 0];
  for (const index of sampleIndexes(entries)) {
    readSync(indexFd, entry, 0, ENTRY_BYTES, index * ENTRY_BYTES);
    const id = entryId(entry).trimEnd();
    try {
      if (previousId >= id) throw new DamagedData(`id ${id} is not behind ${previousId}`);
      const offset = entryOffset(entry);
      bytes = offset + readRecord(dataFd, id, offset).bytes;
    } catch (error) {
      const reason = `${(error as Error).message}; run build-index`;
      throw new DamagedData(`${indexFile}, entry ${index}: ${reason}`, { cause: error });
    }
    previousId = id;
  }
  return { entries, bytes };
}

function sampleIndexes(entries: number): Set<number> {
  if (entries === 0) return new Set();
  const step = (entries - 1) / (CHECKED_ENTRIES - 1);
  return new Set(Array.from({ length: CHECKED_ENTRIES }, (_, sample) => Math.round(sample * step)));
}

/** Counts the records behind those that an index covers, which no reader of the index finds, and tells the operator of them. */
export async function countUnindexed(
  { dataFile, indexFile, log }: { dataFile: string; indexFile: string; log: (line: string) => void },
  { bytes }: Indexed,
): Promise<number> {
  const records = await countRecords(dataFile, bytes, fileBytes(dataFile));
  if (records > 0) log(`${dataFile}: ${records} records are not in ${indexFile}; run build-index`);
  return records;
}

/** What the readers of an index do with a new user. */
export function refuseInsert(): never {
  throw new WritesUnsupported(
    "createUser is not supported by binary search: new writes would break the sort order",
  );
}
