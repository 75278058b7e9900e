// Files that root makes for others. In a container the lab is root, and what it makes is for services and for people
// who are not.
import { existsSync, lchownSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** Gives a path, and all that is below it, to whom the folder belongs that it is in. Only root can, and needs to; some
 * file systems that are shared with a container have no owners to give to. */
export function giveToOwnerOfFolder(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = lstatSync(dirname(path));
  give(path, uid, gid);
}

function give(path: string, uid: number, gid: number): void {
  const now = lstatSync(path);
  try {
    if (now.uid !== uid || now.gid !== gid) lchownSync(path, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
  if (!now.isDirectory()) return;
  for (const name of readdirSync(path)) give(join(path, name), uid, gid);
}

/** Makes a folder, and those that it is in, for the owner of the first that exists. */
export function makeOwnedFolder(path: string): void {
  if (existsSync(path)) return;
  makeOwnedFolder(dirname(path));
  mkdirSync(path);
  giveToOwnerOfFolder(path);
}
