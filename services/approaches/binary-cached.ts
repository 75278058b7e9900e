// Binary search with its index in memory, as the bytes that it is: nothing is read to find out where a record stands. And since ids
// are drawn evenly from all that there are, an id says about where it must stand: the middle is the wrong place to look first.
//
//   read         a few probes of the index (1M: see binary_probes_total), one or more reads of the record
//   write        refused, as binary's
//   start        the index is read: 58 bytes per user
//   memory       the same, outside of the heap
//   stale        for a tenth of a second after the files were replaced, as binary-held, then for as long as the index takes to read
//   prefer       it when the index fits in memory and the records do not. Ids that are not spread evenly cost it twelve probes
//                more than halving: storage/interpolation-search.ts
import { type HeldPair, holdPair } from "../storage/held-pair.ts";
import { refuseInsert } from "../storage/index-check.ts";
import { ENTRY_BYTES, entryOffset, padId } from "../storage/index-entry.ts";
import { type Files, readRecord } from "../storage/indexed-files.ts";
import { type Found, searchEntries } from "../storage/interpolation-search.ts";
import { readExactly } from "../storage/read-bytes.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openBinaryCached: OpenStore = async ({ dataDir, log }) => {
  let [lookups, probes, mostProbes, indexBytes] = [0, 0, 0, 0];
  const found: Found = { index: -1, probes: 0 };
  const pair: HeldPair = holdPair({
    dataDir,
    log,
    prepare: ({ indexFd, dataFd, indexBytes: bytes }: Files) => {
      const entries = readExactly(indexFd, 0, bytes - (bytes % ENTRY_BYTES));
      indexBytes = entries.length;
      return { entries, dataFd };
    },
    lookUp({ entries, dataFd }, id) {
      searchEntries(entries, Buffer.from(padId(id), "latin1"), found);
      lookups++;
      probes += found.probes;
      mostProbes = Math.max(mostProbes, found.probes);
      if (found.index === -1) return null;
      const entry = entries.subarray(found.index * ENTRY_BYTES, (found.index + 1) * ENTRY_BYTES);
      return readRecord(dataFd, id, entryOffset(entry)).user;
    },
  });
  return {
    findById: pair.findById,
    insert: refuseInsert,
    check: () => {},
    describe: async () => {
      const { settings, ...rest } = await pair.describe();
      return { ...rest, settings: { ...settings, lookups, probes, mostProbes, indexBytes } };
    },
    figures: () => [
      { name: "binary_lookups_total", help: "Searches of the index.", type: "counter", value: lookups },
      { name: "binary_probes_total", help: "Entries that they looked at.", type: "counter", value: probes },
      { name: "binary_probes_max", help: "The most that one of them looked at.", value: mostProbes },
      { name: "binary_index_bytes", help: "Memory of the index.", value: indexBytes },
    ],
    async [Symbol.asyncDispose]() {
      pair[Symbol.dispose]();
    },
  };
};
