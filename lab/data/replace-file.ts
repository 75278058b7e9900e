// Files on the way to their place, beside it and under free names: no file that was there before is lost.
import { closeSync, fsyncSync, linkSync, openSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolderNow } from "../../services/storage/sync-folder.ts";

/** Gives a finished file the name `target` as well. Returns false, and does nothing, when that name is taken. */
export function placeNewFile(finished: string, target: string): boolean {
  try {
    linkSync(finished, target);
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
  syncFolderNow(dirname(target));
  return true;
}

/** Gives a file a second name, `<file>.<label>-<n>` with the first free n from 1, and returns that name. */
export function keepAside(file: string, label: string): string {
  return takeFreeName(file, label, (name) => linkSync(file, name));
}

/** Writes bytes to a new file `<file>.<label>-<n>` with the first free n from 1, and returns its name. */
export function saveAside(file: string, label: string, bytes: Uint8Array): string {
  const name = takeFreeName(file, label, (free) => writeFileSync(free, bytes, { flag: "wx", flush: true }));
  syncFolderNow(dirname(name));
  return name;
}

function takeFreeName(file: string, label: string, take: (name: string) => void): string {
  for (let n = 1; ; n++) {
    try {
      take(`${file}.${label}-${n}`);
      return `${file}.${label}-${n}`;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EEXIST";
}

/** Waits until the disk has a file that something else wrote. */
export function syncFile(path: string): void {
  const fd = openSync(path, "r+");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
