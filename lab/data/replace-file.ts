// Files on the way to their place, beside it and under free names: no file that was there before is lost.
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { lockFolder } from "../../services/storage/folder-lock.ts";
import { syncFolderNow } from "../../services/storage/sync-folder.ts";
import type { WorkOptions } from "./work.ts";

export interface WorkFolder extends Disposable {
  readonly path: string;
}

/** Creates a folder for temporary files beside `target`, so that they can be renamed to it, and removes those that killed
 * processes have left there. Disposing removes it with all that is in it.
 * @param onRemoved told of each that was left
 * @throws Error in one line when there is no folder for `target` */
export function createWorkFolder(target: string, onRemoved?: WorkOptions["onRemoved"]): WorkFolder {
  const folder = dirname(resolve(target));
  if (!existsSync(folder)) throw new Error(`${target}: no such folder`);
  const prefix = `.${basename(target)}.tmp-`;
  for (const name of readdirSync(folder))
    if (name.startsWith(prefix) && isWorkName(name.slice(prefix.length)) && removeIfLeft(join(folder, name)))
      onRemoved?.(join(folder, name));
  const path = mkdtempSync(join(folder, `${prefix}${process.pid}-`));
  const lock = lockFolder(path);
  return {
    path,
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
      lock[Symbol.dispose]();
    },
  };
}

/** Whether it is a process's number and the six characters of mkdtemp: nothing else is ours. */
function isWorkName(end: string): boolean {
  return /^\d+-[A-Za-z0-9]{6}$/.test(end);
}

/** A work folder is locked while its process lives; one without a lock's file may be about to get it. */
function removeIfLeft(folder: string): boolean {
  if (!existsSync(join(folder, "lock"))) return false;
  try {
    using _lock = lockFolder(folder);
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false; // In use, or not this user's.
  }
}

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
