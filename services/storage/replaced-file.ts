// Putting a finished file in the place of another: a reader sees the old one or the new one, never half of either.
import { chmodSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolderNow } from "./sync-folder.ts";

/** Renames a finished file to `target`, which it replaces if that exists, and whose permissions it takes over. */
export function replaceFile(finished: string, target: string): void {
  takeOverMode(finished, target);
  renameSynced(finished, target);
}

/** Gives a file the permissions of another, if that exists. */
export function takeOverMode(file: string, other: string): void {
  const old = statSync(other, { throwIfNoEntry: false });
  if (old !== undefined) chmodSync(file, old.mode);
}

/** Renames a file, and waits until the disk has the new name. */
export function renameSynced(from: string, to: string): void {
  renameSync(from, to);
  syncFolderNow(dirname(to));
}
