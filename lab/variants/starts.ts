// What it takes to open a form of an approach, in a bare process: time, memory, and the bytes of its files.
import type { ApproachName } from "../../services/approaches/index.ts";
import { openStore } from "../lesson/open-store.ts";

export interface Start {
  /** Until it can be asked, its code's loading included. */
  readonly openedMs: number;
  /** Resident memory of the process beyond what it had before. */
  readonly memoryBytes: number;
  /** As the store itself describes its files. */
  readonly dataBytes: number;
}

/** Opens a store, once in its process: what was opened before has left memory behind. */
export async function measureStart({
  approach,
  folder,
}: {
  readonly approach: ApproachName;
  readonly folder: string;
}): Promise<Start> {
  const before = { ms: performance.now(), bytes: process.memoryUsage.rss() };
  await using store = await openStore(approach, folder);
  const openedMs = performance.now() - before.ms;
  const memoryBytes = process.memoryUsage.rss() - before.bytes;
  return { openedMs, memoryBytes, dataBytes: (await store.describe()).dataBytes };
}
