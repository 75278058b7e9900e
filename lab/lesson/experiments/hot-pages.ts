// Which pages of the index are in memory after lookups of users that are all alike: the index is taken out of memory
// first, and counted afterwards.
import { join } from "node:path";
import type { Experiment } from "../experiment.ts";
import { type Asked, openStore, startLookups } from "../open-store.ts";
import { countPages, dropPages } from "../resident-pages.ts";

/** Lookups for each page of the index: so many that a page which is ever needed has been. */
const LOOKUPS_PER_PAGE = 5;

export interface HotPages {
  readonly size: number;
  readonly lookups: number;
  readonly pages: number;
  /** Pages in memory after the lookups, once per round; null where the system cannot say, or cannot empty its memory. */
  readonly residentPages: readonly number[] | null;
}

export const hotPages: Experiment<HotPages> = {
  question: "which part of the index is in memory after uniform lookups?",
  uses: ["binary"],
  estimateMs: (largest, rounds) => rounds * (500 + largest * 0.006),
  async run({ largest: size, rounds, dataSeed, seed, folderOf, inProcess }) {
    const dataDir = folderOf(size, "binary");
    const index = join(dataDir, "users.idx");
    const { pages } = countPages(index) ?? { pages: 0 };
    const lookups = pages * LOOKUPS_PER_PAGE;
    const residentPages: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const isCold = dropPages(index);
      if (!isCold) return { size, lookups, pages, residentPages: null };
      await inProcess(import.meta.url, lookUpMany, { dataDir, lookups, size, dataSeed, seed: seed + round });
      residentPages.push(countPages(index)?.resident ?? 0);
    }
    return { size, lookups, pages, residentPages };
  },
};

export async function lookUpMany(args: Asked & { readonly dataDir: string; readonly lookups: number }) {
  await using store = await openStore("binary", args.dataDir);
  const lookUp = startLookups(store.findById, args);
  for (let index = 0; index < args.lookups; index++) await lookUp();
}
