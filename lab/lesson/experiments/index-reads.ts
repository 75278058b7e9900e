// How many entries of the index a lookup reads: counted where the approach calls the file system.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { ENTRY_BYTES } from "../../../services/storage/index-entry.ts";
import type { Experiment } from "../experiment.ts";
import { type Asked, openStore, startLookups } from "../open-store.ts";

/** Lookups at each size; so many that the mean is known to a tenth. */
const LOOKUPS = 10_000;
const BATCHES = 10;

export interface IndexReads {
  readonly sizes: readonly {
    readonly size: number;
    /** Means of batches of lookups. */
    readonly meanReads: readonly number[];
    readonly maxReads: number;
    readonly opensPerLookup: number;
  }[];
}

export const indexReads: Experiment<IndexReads> = {
  question: "how many entries of the index does a lookup read?",
  uses: ["binary"],
  estimateMs: () => 4_000,
  async run({ sizes, dataSeed, seed, folderOf, inProcess }) {
    const counted = [];
    for (const size of sizes) {
      const args = { dataDir: folderOf(size, "binary"), size, dataSeed, seed };
      counted.push({ size, ...(await inProcess(import.meta.url, countReads, args)) });
    }
    return { sizes: counted };
  },
};

export async function countReads({ dataDir, ...asked }: Asked & { readonly dataDir: string }) {
  await using store = await openStore("binary", dataDir);
  const counts = watchCalls();
  const lookUp = startLookups(store.findById, asked);
  const meanReads: number[] = [];
  let maxReads = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const before = counts.entryReads;
    for (let index = 0; index < LOOKUPS / BATCHES; index++) {
      const from = counts.entryReads;
      await lookUp();
      maxReads = Math.max(maxReads, counts.entryReads - from);
    }
    meanReads.push((counts.entryReads - before) / (LOOKUPS / BATCHES));
  }
  return { meanReads, maxReads, opensPerLookup: counts.opens / LOOKUPS };
}

/** Counts what modules that have imported node:fs call from now on. */
function watchCalls() {
  const counts = { entryReads: 0, opens: 0 };
  const { openSync, readSync } = fs;
  fs.openSync = (...args) => {
    counts.opens++;
    return openSync(...args);
  };
  fs.readSync = ((...args: Parameters<typeof readSync>) => {
    const bytesRead = readSync(...args);
    if (bytesRead === ENTRY_BYTES) counts.entryReads++;
    return bytesRead;
  }) as typeof readSync;
  syncBuiltinESMExports();
  return counts;
}
