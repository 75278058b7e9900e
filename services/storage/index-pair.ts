// users.jsonl and users.idx replaced together, although a rename replaces one file at a time.
//
// Before the data is replaced, its finished index gets a name that says which data it is the index of: the size of the
// file and the time of its last write. From then on whoever finds the new data in place finds its index as well, and gives
// it its own name if the one who built it was killed before that. A data file that nobody wrote to since has exactly one index
// of that name, so a rename by it is right whoever makes it, and whenever.
import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { renameSynced, replaceFile, takeOverMode } from "./replaced-file.ts";
import { syncFolderNow } from "./sync-folder.ts";

/** What the system says where a file is not there, or this process may not rename it. */
const NOT_HERE = ["ENOENT", "EACCES", "EPERM", "EROFS"];

export interface Pair {
  readonly dataFile: string;
  readonly indexFile: string;
}

/** Replaces both files by finished ones on the same file systems, which the disk has already. A kill at any moment leaves the old
 * pair, or the new one, or new data whose index `completePair` puts in place. */
export function replacePair(finished: Pair, { dataFile, indexFile }: Pair): void {
  takeOverMode(finished.indexFile, indexFile);
  renameSynced(finished.indexFile, waitingIndexOf({ dataFile: finished.dataFile, indexFile }) as string);
  replaceFile(finished.dataFile, dataFile);
  completePair({ dataFile, indexFile });
}

/** Puts the index of this data in place if one waits for that. Returns whether it did. */
export function completePair(pair: Pair): boolean {
  const waiting = waitingIndexOf(pair);
  if (waiting === null) return false;
  try {
    renameSync(waiting, pair.indexFile);
  } catch (error) {
    if (NOT_HERE.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
  syncFolderNow(dirname(pair.indexFile));
  return true;
}

/** Removes indexes of data that never came into place, because the one who built them was killed before. */
export function removeWaitingIndexes(indexFile: string): void {
  const folder = dirname(resolve(indexFile));
  for (const name of readdirSync(folder))
    if (name.startsWith(`${basename(indexFile)}${OF}`)) rmSync(join(folder, name), { force: true });
}

const OF = ".of-";

/** Returns the name under which the index of this data waits; null when there is no data. */
function waitingIndexOf({ dataFile, indexFile }: Pair): string | null {
  const stats = statSync(dataFile, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${indexFile}${OF}${stats.size}-${stats.mtimeNs}`;
}
