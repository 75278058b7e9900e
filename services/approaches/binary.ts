// Binary search on disk: users.idx has one entry of 58 bytes per user, in the order of the ids, so entry i
// starts at byte 58 * i and every read of the middle entry halves what is left.
// storage/index-search.ts has the search.
//
//   read         opens both files, about log2(n) reads of 58 bytes (1M: 19 on average, 20 at most), one or
//                more reads of the record, closes both
//   write        refused: a new id belongs in the middle of the index
//   memory       constant; what stays hot is up to the page cache
//   start        a look at a few entries, whatever the size
//   prefer       it when the data does not fit in memory and hardly changes
import { join } from "node:path";
import { fileBytes } from "../storage/file-bytes.ts";
import { checkIndex, countUnindexed, refuseInsert } from "../storage/index-check.ts";
import { isIndexableId } from "../storage/index-entry.ts";
import { completePair } from "../storage/index-pair.ts";
import { lookUp, readFitting } from "../storage/index-search.ts";
import { type Files, withFiles } from "../storage/indexed-files.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openBinary: OpenStore = async ({ dataDir, log }) => {
  const indexFile = join(dataDir, "users.idx");
  const dataFile = join(dataDir, "users.jsonl");
  const read = <T>(run: (files: Files) => T) => withFiles(indexFile, dataFile, run);

  if (completePair({ dataFile, indexFile }))
    log(`${indexFile}: put in place, which the run of build-index that made it had left to do`);
  const indexed = read((files) => checkIndex(files, indexFile)) ?? { entries: 0, bytes: 0 };
  // Not waited for: the start takes the same time whatever the size.
  const counting = countUnindexed({ dataFile, indexFile, log }, indexed);
  counting.catch((error) => log(`${dataFile}: ${error.message}`));

  return {
    findById: (id) => {
      if (!isIndexableId(id)) return null;
      return readFitting(
        () => read((files) => lookUp(files, id)) ?? null,
        () => completePair({ dataFile, indexFile }),
      );
    },
    insert: refuseInsert,
    check: () => void read(() => {}),
    describe: async () => ({
      recordsAtStart: indexed.entries,
      dataBytes: fileBytes(indexFile) + fileBytes(dataFile),
      settings: { openFlags: "r", unindexedRecords: await counting },
    }),
    async [Symbol.asyncDispose]() {},
  };
};
