// Searching a sorted index in memory by guessing where an id stands: ids that are spread evenly are found after a few guesses,
// whatever their number.
import { ENTRY_BYTES, ID_BYTES } from "./index-entry.ts";
import { compareBytes, KEY_LIMIT, sortKey } from "./sort-key.ts";

/** After so many guesses the ids are not spread evenly, and what is left is halved. */
const GUESSES = 12;

export interface Found {
  /** Of the entry that has the id; -1 when there is none. */
  index: number;
  /** Entries that were looked at: at most GUESSES and what halving takes. */
  probes: number;
}

/**
 * Searches entries in ascending order of their ids.
 * @param wanted a padded id
 * @param found is written to, lest each search make an object
 */
export function searchEntries(entries: Uint8Array, wanted: Uint8Array, found: Found): void {
  const wantedKey = sortKey(wanted, 0, ID_BYTES);
  let [low, lowKey] = [0, 0];
  let [high, highKey] = [entries.length / ENTRY_BYTES - 1, KEY_LIMIT];
  found.probes = 0;
  while (low <= high) {
    const isGuessing = found.probes < GUESSES && highKey > lowKey;
    const share = isGuessing ? (wantedKey - lowKey) / (highKey - lowKey) : 0.5;
    const index = Math.min(high, low + Math.floor(share * (high - low + 1)));
    const at = index * ENTRY_BYTES;
    found.probes++;
    const order = compareBytes(entries, at, at + ID_BYTES, wanted, 0, ID_BYTES);
    if (order === 0) {
      found.index = index;
      return;
    }
    const key = sortKey(entries, at, at + ID_BYTES);
    if (order < 0) [low, lowKey] = [index + 1, key];
    else [high, highKey] = [index - 1, key];
  }
  found.index = -1;
}
