// Moments of chance at which work is killed: any time of it, or just when it begins to change what others read.
import { statSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../k6/lib/random.ts";

/** Most of the time goes into the start of the process, in which nothing happens to files. */
const START_PART = 0.3;
const LONGER_PART = 1.05;
const AFTER_CHANGE_MS = 8;

/** Waits for a moment of work that takes so long as a whole. */
export function atAnyTime(random: Random, tookMs: number): (signal: AbortSignal) => Promise<unknown> {
  const afterMs = tookMs * (START_PART + ((LONGER_PART - START_PART) * random(1_000)) / 1_000);
  return (signal) => sleep(afterMs, undefined, { signal });
}

/** Waits until one of these files is another than now, and some milliseconds more. */
export function whenChanged(
  random: Random,
  files: readonly string[],
): (signal: AbortSignal) => Promise<unknown> {
  const before = describe(files);
  const moreMs = random(AFTER_CHANGE_MS);
  return async (signal) => {
    while (describe(files) === before) await nextTurn(undefined, { signal });
    if (moreMs > 0) await sleep(moreMs, undefined, { signal });
  };
}

function describe(files: readonly string[]): string {
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found === undefined ? "none" : `${found.ino} ${found.size} ${found.mtimeMs}`;
    })
    .join();
}
