// Sort keys: numbers that order ids almost as well as their bytes do, and much faster.

const KEY_DIGITS = 8;
/** Keys are below this. */
export const KEY_LIMIT = 16 ** KEY_DIGITS;

/**
 * Returns the key of the id in bytes `start` to `end`: a whole number below KEY_LIMIT. For ids x and y,
 * x < y in byte order implies key(x) <= key(y); ids with equal keys are for compareBytes to tell apart.
 *
 * Each of the first 8 bytes gives 4 bits if it is 0-9 or a-f. Any other byte, or the id's end, decides the rest of the
 * key: the lowest possible if it sorts before "0", else the highest below the next digit.
 */
export function sortKey(bytes: Uint8Array, start: number, end: number): number {
  let key = 0;
  let rest = KEY_LIMIT;
  for (let digit = 0; digit < KEY_DIGITS; digit++, rest /= 16) {
    const byte = start + digit < end ? (bytes[start + digit] as number) : -1;
    if (byte < 0x30) return key * rest;
    if (byte <= 0x39) key = key * 16 + byte - 0x30;
    else if (byte < 0x61) return key * rest + (10 * rest) / 16 - 1;
    else if (byte <= 0x66) key = key * 16 + byte - 0x61 + 10;
    else return (key + 1) * rest - 1;
  }
  return key;
}

/** Compares a[aStart..aEnd) and b[bStart..bEnd) byte by byte: below 0, 0 or above 0, as for Array.sort. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const common = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < common; i++) {
    const difference = (a[aStart + i] as number) - (b[bStart + i] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
