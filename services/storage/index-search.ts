// Searching users.idx, and the record that it leads to.

import { readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DamagedData } from "./faults.ts";
import { ENTRY_BYTES, entryId, entryOffset, padId } from "./index-entry.ts";
import { type Files, readRecord } from "./indexed-files.ts";
import type { User } from "./user.ts";

/** How often a read looks again when index and data do not fit, as for a moment while both are replaced by somebody who
 * left nothing with which the read could complete them. One second in all. */
const RETRIES = 100;
const RETRY_MS = 10;

/** Searches by halving: each read of the middle entry leaves half of what there was. Returns null for an id that has no entry.
 * @throws DamagedData when the entry leads to no record of that id */
export function lookUp({ indexFd, dataFd, indexBytes }: Files, id: string): User | null {
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

/** Reads; and again a little later, as often as it takes, when index and data did not fit.
 * @param complete does before the second time what can be done about it
 * @throws DamagedData when they never do */
export function readFitting(
  read: () => User | null,
  complete: () => void,
): User | null | Promise<User | null> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedData)) throw error;
    complete();
    return lookAgain(read);
  }
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
