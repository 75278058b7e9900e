// Which requests are counted, and how many. Pure, and without a look at the clock, so that every machine counts the same.
import type { Random } from "../../k6/lib/random.ts";

/** Asked first, to learn how much a request reads. */
export const PILOT_REQUESTS = 2;
/** So many fill SQLite's cache of 500 pages before the counting, and are about as many inserts as it makes between two
 * checkpoints. */
const MAX_REQUESTS = 500;
/** What reads much keeps nothing between two requests. */
const MIN_REQUESTS = 4;
/** Of all that are counted together. */
const READ_BYTES = 25e6;

/** Chooses how many requests to count of a service that reads so many bytes of files for one. */
export function chooseRequests(fileReadBytes: number): number {
  const affordable = Math.floor(READ_BYTES / Math.max(1, fileReadBytes));
  return Math.min(MAX_REQUESTS, Math.max(MIN_REQUESTS, affordable));
}

/** The golden ratio's fraction: its multiples are spread evenly, however many there are (Weyl's equidistribution). */
const STEP = (Math.sqrt(5) - 1) / 2;
/** Found by trying a thousand: with this the mean of four or more is within 0.04 of the middle. */
export const COUNTED_FROM = 0.483;

/**
 * Returns what stands in for chance in the choice of keys, so that a few requests are as far apart as many: a scan then
 * reads half of the file on average, and not what luck would have it.
 * @param from where the spread begins, from 0 to below 1
 */
export function spreadEvenly(from: number): Random {
  let at = from;
  return (limit) => {
    at = (at + STEP) % 1;
    return Math.floor(at * limit);
  };
}
