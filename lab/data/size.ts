// Sizes as people type them: 10000, 10k, 1M.
import { FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1_000, m: 1_000_000 };

/** What parseSize accepts, for messages. */
const SIZE_FORMAT = `a whole number from 1 to ${FIRST_UNSTORED_INDEX}, such as 10000, 10k or 1M`;

/**
 * Returns the number of users that a text such as 10000, 10k or 1M asks for.
 * @throws RangeError that says what was expected
 */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d{1,10})([km]?)$/i.exec(text) ?? [];
  const size = Number(digits) * (FACTORS[unit?.toLowerCase() ?? ""] as number);
  if (!(size >= 1 && size <= FIRST_UNSTORED_INDEX)) throw new RangeError(`expected ${SIZE_FORMAT}`);
  return size;
}
