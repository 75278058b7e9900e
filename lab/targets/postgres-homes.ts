// Where PostgreSQL's data is when others may not enter the folder that it should be in: in a home of its own among the temporary
// files. A home names its folder, and goes when that is gone, so that runs in folders of a day do not fill the disk.
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** In the home: which folder it belongs to. */
const OWNER_FILE = "data-folder.json";

interface Owner {
  readonly folder: string;
  /** Number of the file system that the folder is on. */
  readonly device: number;
}

/** Makes the home of a folder that exists, or finds it. */
export function makeHome(folder: string): string {
  const home = join(tmpdir(), `lab-postgres-${hashOf(folder)}`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const owner: Owner = { folder, device: statSync(folder).dev };
  writeFileSync(join(home, OWNER_FILE), `${JSON.stringify(owner)}\n`);
  return home;
}

/** Removes the homes whose folders are gone, unless a server still runs there. */
export function removeLeftHomes(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!/^lab-postgres-[0-9a-f]+$/.test(name)) continue;
    const home = join(tmpdir(), name);
    const owner = readOwner(home);
    if (owner === null || !isGone(owner) || hasServer(home)) continue;
    // The name of the folder goes last: what a kill leaves of a home is still known to be one.
    for (const entry of readdirSync(home))
      if (entry !== OWNER_FILE) rmSync(join(home, entry), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

/** Returns null for what this user has not made, and for what names no folder. */
function readOwner(home: string): Owner | null {
  const file = join(home, OWNER_FILE);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!lstatSync(home).isDirectory() || !stats?.isFile() || stats.uid !== process.getuid?.()) return null;
  try {
    const { folder, device } = JSON.parse(readFileSync(file, "utf8")) as Partial<Owner>;
    return typeof folder === "string" && typeof device === "number" ? { folder, device } : null;
  } catch {
    return null; // Whoever wrote it was killed at that.
  }
}

/** A folder whose file system is not mounted is not gone. */
function isGone({ folder, device }: Owner): boolean {
  return !existsSync(folder) && statSync(findExistingParent(folder)).dev === device;
}

function findExistingParent(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? parent : findExistingParent(parent);
}

/** Also when somebody else has the number of a server that was killed: that home goes another time. */
function hasServer(home: string): boolean {
  try {
    const [pid] = readFileSync(join(home, "cluster/postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
