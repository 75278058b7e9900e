// Binary search with both files held open: the same search as binary's, without opening and closing two files for each read.
//
//   read         about log2(n) reads of 58 bytes and one or more of the record, and nothing else
//   write        refused, as binary's
//   stale        when the files are replaced by newer ones, it reads the old ones, which the system keeps as long as they are
//                open, for a tenth of a second more: storage/held-pair.ts. Old or new, never one of each
//   memory       constant
//   prefer       it to binary wherever a moment of staleness does no harm
import { holdPair } from "../storage/held-pair.ts";
import { refuseInsert } from "../storage/index-check.ts";
import { lookUp } from "../storage/index-search.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openBinaryHeld: OpenStore = async ({ dataDir, log }) => {
  const pair = holdPair({ dataDir, log, prepare: (files) => files, lookUp });
  return {
    findById: pair.findById,
    insert: refuseInsert,
    check: () => {},
    describe: pair.describe,
    async [Symbol.asyncDispose]() {
      pair[Symbol.dispose]();
    },
  };
};
