// A store opened on a copy of its data that was cut: what is there of what was, and whether it can be written to again.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import type { User } from "../../services/storage/user.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import type { Finding, Stage, Subject } from "./experiment.ts";

/** The settings of a service where nothing is set. */
const SQLITE = { busyTimeoutMs: 1_000, journalMode: "wal", synchronous: "full" } as const;
/** How many copies are open at once: a repair waits a moment, for nothing but time. */
const AT_ONCE = 32;

/** What became of one cut; empty when all is as it should be. */
export type CutFault = string | null;

/** Opens a store in this process. */
export async function openStoreOf({ row, level }: Subject, dataDir: string): Promise<UserStore> {
  const open = await row.load();
  return open({ dataDir, databaseUrl: undefined, sqlite: SQLITE, durability: level, log: () => {} });
}

/**
 * Tries every place, several at once, each in a folder of its own.
 * @param unit what is counted: "cuts of its log"
 */
export async function tryPlaces(
  { folder, signal, onProgress }: Stage,
  places: readonly number[],
  tryOne: (place: number, folder: string) => Promise<CutFault>,
  unit: string,
): Promise<Finding> {
  const parent = mkdtempSync(join(folder, "tear-"));
  const faults: string[] = [];
  let [next, done] = [0, 0];
  const work = async () => {
    while (next < places.length) {
      const place = places[next++] as number;
      const own = join(parent, String(place));
      mkdirSync(own);
      const fault = await tryOne(place, own).catch((error: Error) => error.message);
      rmSync(own, { recursive: true, force: true });
      if (fault !== null) faults.push(`byte ${place}: ${fault}`);
      signal.throwIfAborted();
      onProgress(++done, places.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const first = faults[0] === undefined ? "" : `, the first of them at ${faults[0]}`;
  return {
    holds: faults.length === 0,
    measured: `${places.length} ${unit}: ${faults.length} are not as they should be${first}`,
    figures: { places: places.length, faults: faults.length },
  };
}

/**
 * Opens a cut store and asks for what was there before the cut, inserts one user more, opens it again and asks for all.
 * @param kept users that must be there
 * @param gone users that must not
 */
export async function checkCut(
  subject: Subject,
  folder: string,
  { kept, gone }: { readonly kept: readonly User[]; readonly gone: readonly User[] },
): Promise<CutFault> {
  const next = seededUser(DEFAULT_SEED, 0xfffffff0);
  {
    await using store = await openStoreOf(subject, folder);
    const fault = (await findMissing(store, kept)) ?? (await findPresent(store, gone));
    if (fault !== null) return fault;
    await store.insert(next);
  }
  await using store = await openStoreOf(subject, folder);
  const fault = (await findMissing(store, [...kept, next])) ?? (await findPresent(store, gone));
  return fault && `after the next insert and start, ${fault}`;
}

async function findMissing(store: UserStore, users: readonly User[]): Promise<CutFault> {
  for (const user of users) {
    const found = await store.findById(user.id);
    if (JSON.stringify({ ...found }) !== JSON.stringify(user))
      return `user ${user.email} is not there as it was`;
  }
  return null;
}

async function findPresent(store: UserStore, users: readonly User[]): Promise<CutFault> {
  for (const user of users)
    if ((await store.findById(user.id)) !== null) return `user ${user.email} is served`;
  return null;
}
