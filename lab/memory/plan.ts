// Which sizes are measured under a limit, in which order. Pure.
import { startRandom } from "../../k6/lib/random.ts";
import { seededUser } from "../../k6/lib/users.ts";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { shuffleBy } from "../lesson/turns.ts";

/** Sizes of the data as multiples of the limit. */
export const MULTIPLES = { short: [0.25, 1, 4], full: [0.25, 0.5, 1, 2, 4] };
/** The full form's largest size, in users. */
const FULL_SIZE = 10_000_000;
/** So many users are written to see how long their lines are: far apart, for later ones have longer numbers in their names. */
const SAMPLE_USERS = 1_000;
const SAMPLE_STEP = 5_003;

export interface MemoryTrial {
  readonly block: number;
  readonly approach: string;
  readonly row: Approach;
  /** Users. */
  readonly size: number;
}

/** Returns how many users have a users.jsonl of these multiples of the limit, to two digits.
 * @param isFull ten million as well */
export function planSizes(
  limitBytes: number,
  multiples: readonly number[],
  { dataSeed, isFull }: { readonly dataSeed: number; readonly isFull: boolean },
): number[] {
  const users = Array.from({ length: SAMPLE_USERS }, (_, index) => seededUser(dataSeed, index * SAMPLE_STEP));
  const bytes = users.reduce((sum, user) => sum + Buffer.byteLength(JSON.stringify(user)) + 1, 0);
  const sizes = multiples.map((multiple) =>
    Math.max(1, Number(((multiple * limitBytes * SAMPLE_USERS) / bytes).toPrecision(2))),
  );
  return [...new Set([...sizes, ...(isFull ? [FULL_SIZE] : [])])].sort((a, b) => a - b);
}

/** Lists the trials: each block has every approach that stores users at every size, in an order drawn from the seed. */
export function planTrials(options: {
  readonly approaches: Approaches;
  readonly sizes: readonly number[];
  readonly blocks: number;
  readonly seed: number;
}): MemoryTrial[] {
  const random = startRandom(options.seed);
  const stored = Object.entries(options.approaches).filter(([, { stores }]) => stores);
  return Array.from({ length: options.blocks }, (_, block) =>
    shuffleBy(
      stored.flatMap(([approach, row]) =>
        options.sizes.map((size) => ({ block: block + 1, approach, row, size })),
      ),
      random,
    ),
  ).flat();
}
