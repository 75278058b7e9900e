// Binary search on disk: users.idx has one entry of 58 bytes per user, in the order of the ids, so entry i
// starts at byte 58 * i and every read of the middle entry halves what is left.
//
//   read         opens both files, about log2(n) reads of 58 bytes (1M: 19 on average, 20 at most), one or
//                more reads of the record, closes both
//   write        refused: a new id belongs in the middle of the index
//   memory       constant; what stays hot is up to the page cache
//   start        a look at a few entries, whatever the size
//   prefer       it when the data does not fit in memory and hardly changes
import { readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DamagedData, WritesUnsupported } from "../storage/faults.ts";
import { fileBytes } from "../storage/file-bytes.ts";
import { ENTRY_BYTES, entryId, entryOffset, isIndexableId, padId } from "../storage/index-entry.ts";
import { completePair } from "../storage/index-pair.ts";
import { type Files, readRecord, withFiles } from "../storage/indexed-files.ts";
import { countRecords } from "../storage/jsonl-count.ts";
import type { User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

/** How many entries are checked at start: odd, so that first, last and middle are among them. */
const CHECKED_ENTRIES = 17;
/** How often a read looks again when index and data do not fit, as for a moment while both are replaced by somebody who
 * left nothing with which the read could complete them. One second in all. */
const RETRIES = 100;
const RETRY_MS = 10;

export const openBinary: OpenStore = async ({ dataDir, log }) => {
  const indexFile = join(dataDir, "users.idx");
  const dataFile = join(dataDir, "users.jsonl");
  const read = <T>(run: (files: Files) => T) => withFiles(indexFile, dataFile, run);

  if (completePair({ dataFile, indexFile }))
    log(`${indexFile}: put in place, which the run of build-index that made it had left to do`);
  const indexed = read((files) => checkIndex(files, indexFile)) ?? { entries: 0, bytes: 0 };
  // Not waited for: the start takes the same time whatever the size.
  const counting = countRecords(dataFile, indexed.bytes, fileBytes(dataFile)).then((unindexedRecords) => {
    if (unindexedRecords > 0)
      log(`${dataFile}: ${unindexedRecords} records are not in ${indexFile}; run build-index`);
    return unindexedRecords;
  });
  counting.catch((error) => log(`${dataFile}: ${error.message}`));

  return {
    findById: (id) => {
      if (!isIndexableId(id)) return null;
      const find = () => read((files) => lookUp(files, id)) ?? null;
      try {
        return find();
      } catch (error) {
        if (!(error instanceof DamagedData)) throw error;
        completePair({ dataFile, indexFile });
        return lookAgain(find);
      }
    },
    insert: () => {
      throw new WritesUnsupported(
        "createUser is not supported by binary search: new writes would break the sort order",
      );
    },
    check: () => void read(() => {}),
    describe: async () => ({
      recordsAtStart: indexed.entries,
      dataBytes: fileBytes(indexFile) + fileBytes(dataFile),
      settings: { openFlags: "r", unindexedRecords: await counting },
    }),
    async [Symbol.asyncDispose]() {},
  };
};

function lookUp({ indexFd, dataFd, indexBytes }: Files, id: string): User | null {
  const wanted = padId(id);
  const entry = Buffer.allocUnsafe(ENTRY_BYTES);
  let low = 0;
  let high = Math.floor(indexBytes / ENTRY_BYTES) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    readSync(indexFd, entry, 0, ENTRY_BYTES, middle * ENTRY_BYTES);
    const found = entryId(entry);
    if (found === wanted) return readRecord(dataFd, id, entryOffset(entry)).user;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}

async function lookAgain(read: () => User | null): Promise<User | null> {
  for (let retry = 1; ; retry++) {
    await sleep(RETRY_MS);
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DamagedData) || retry === RETRIES) throw error;
    }
  }
}

/**
 * Checks a few entries, evenly spread, whatever the size of the index.
 * @returns the entries and the bytes of users.jsonl that they cover
 * @throws DamagedData when the index is not one of this data
 */
function checkIndex({ indexFd, dataFd, indexBytes }: Files, indexFile: string) {
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
