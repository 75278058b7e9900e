// A Bloom filter: says for certain that an id is not in a table, or that it may be. Each id sets PROBES of the bits; one that
// finds a bit unset was never added.
//
// With b bits for each id and k probes a bit stays unset with probability e^(-k/b), so an id that is not there finds all its k
// bits set with (1 - e^(-k/b))^k. That is least for k = b ln 2: for 10 bits k = 7, and 0.8 %.

export const BITS_PER_ID = 10;
const PROBES = 7;

/** Two hashes of 32 bits, from which all probes are made. */
export type IdHash = Readonly<Record<"start" | "step", number>>;

export function hashId(id: string): IdHash {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    // The multipliers of FNV-1a and of MurmurHash2.
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995);
  }
  // An odd step comes to as many places as there are.
  return { start: mix(a), step: mix(b) | 1 };
}

/** The last step of MurmurHash3: each bit of the input changes each of the result with a probability of one half. */
function mix(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Returns a filter for at most so many ids, all bits unset. */
export function createFilter(ids: number): Uint8Array {
  return new Uint8Array(Math.max(8, Math.ceil((ids * BITS_PER_ID) / 8)));
}

export function addToFilter(filter: Uint8Array, hash: IdHash): void {
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = findBit(filter, hash, probe);
    filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7));
  }
}

/** Whether an id may be among those that were added; false is certain. */
export function mayHold(filter: Uint8Array, hash: IdHash): boolean {
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = findBit(filter, hash, probe);
    if (((filter[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

function findBit(filter: Uint8Array, { start, step }: IdHash, probe: number): number {
  return ((start + probe * step) >>> 0) % (filter.length * 8);
}
