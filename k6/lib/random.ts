// Pseudo-random numbers from 32-bit integer arithmetic, so that Node and k6's engine draw the same ones.

/** Mixes the bits of a 32-bit integer. A bijection: different inputs give different outputs.
 * The finalizer of MurmurHash3 (Austin Appleby, public domain). Returns an unsigned 32-bit integer. */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Returns the next integer of a sequence: uniform from 0 to limit - 1. `limit` is at most 2^32. */
export type Random = (limit: number) => number;

/** Starts a reproducible sequence. Weyl sequence with mix32 as output function, as in SplitMix
 * (Steele, Lea and Flood 2014), reduced to a range by multiplication (Lemire 2019; its bias is below limit / 2^32). */
export function startRandom(seed: number): Random {
  let state = mix32(seed ^ 0x5851f42d);
  return (limit) => {
    state = (state + 0x9e3779b9) | 0;
    return Math.floor((mix32(state) / 0x100000000) * limit);
  };
}
