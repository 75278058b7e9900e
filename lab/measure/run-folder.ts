// The folders of runs: named by when they were started, and by a number where several were in one second.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { giveToOwnerOfFolder, makeOwnedFolder } from "../data/ownership.ts";

/** Returns what a time is in the name of a folder: UTC, in seconds. */
export function nameTime(startedAt: Date): string {
  return startedAt.toISOString().slice(0, 19).replaceAll(":", "-");
}

/** Creates `<name>` in a folder, or `<name>-2`, `<name>-3`, … where there is one already. Returns its path. */
export function createRunFolder(root: string, name: string): string {
  makeOwnedFolder(root);
  for (let n = 1; ; n++) {
    const path = join(root, n === 1 ? name : `${name}-${n}`);
    try {
      mkdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      continue;
    }
    giveToOwnerOfFolder(path);
    return path;
  }
}

const byNumbers = new Intl.Collator("en", { numeric: true }).compare;

/** Returns names, or paths, of runs in the order of their starts; of one second, in the order of their numbers. */
export function sortRuns(names: readonly string[]): string[] {
  return names.toSorted(byNumbers);
}
