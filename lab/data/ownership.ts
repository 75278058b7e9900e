import { lchownSync, lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Gives a path, and all that is below it, to whom the folder belongs that it is in. Only root can, and only root needs
 * to: in a container it makes files for services and for people who are not root.
 */
export function giveToOwnerOfFolder(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = lstatSync(dirname(path));
  give(path, uid, gid);
}

function give(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) give(join(path, name), uid, gid);
}
