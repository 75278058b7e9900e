// Folders for files on the way to their place, beside it, so that they can be renamed to it. What a killed process has left there is
// removed by others, and what one that lives works on is not: such a folder is locked.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { lockFolder } from "./folder-lock.ts";

export interface WorkFolder extends Disposable {
  readonly path: string;
}

/** Creates a folder for temporary files beside `target`, and removes those that killed processes have left there. Disposing
 * removes it with all that is in it.
 * @param onRemoved told of each that was left
 * @throws Error in one line when there is no folder for `target` */
export function createWorkFolder(target: string, onRemoved?: (folder: string) => void): WorkFolder {
  const folder = dirname(resolve(target));
  if (!existsSync(folder)) throw new Error(`${target}: no such folder`);
  removeLeftFolders(target, onRemoved);
  const path = mkdtempSync(join(folder, `${prefixOf(target)}${process.pid}-`));
  const lock = lockFolder(path);
  return {
    path,
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
      lock[Symbol.dispose]();
    },
  };
}

/** Removes the work folders beside `target` that no process has any more.
 * @param onRemoved told of each */
export function removeLeftFolders(target: string, onRemoved?: (folder: string) => void): void {
  const folder = dirname(resolve(target));
  const prefix = prefixOf(target);
  for (const name of readdirSync(folder))
    if (name.startsWith(prefix) && isWorkName(name.slice(prefix.length)) && removeIfLeft(join(folder, name)))
      onRemoved?.(join(folder, name));
}

const prefixOf = (target: string) => `.${basename(target)}.tmp-`;

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
