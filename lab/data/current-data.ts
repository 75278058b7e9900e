// What services in containers serve. Their settings are fixed when they are made, so their folder and the file with
// their connection string have fixed names too: pointers, which a trial turns to its data and back.
import {
  cpSync,
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Approach, type ApproachName, approaches } from "../../services/approaches/index.ts";
import type { DatabaseServer } from "../targets/target.ts";
import { isOf, readManifest, type Wanted } from "./manifest.ts";
import { giveToOwnerOfFolder, makeOwnedFolder } from "./ownership.ts";
import { databaseOf, dataFolderOf } from "./prepare.ts";
import { keepDatabase } from "./prepare-database.ts";
import { findFreeName } from "./prepared-folder.ts";

/** The data of one service. */
export interface ServedData {
  readonly folder: string;
  /** Connection string; undefined for approaches without a database. */
  readonly databaseUrl: string | undefined;
}

/** Lets `<root>/current/<approach>` be this folder, and `<root>/current/<approach>.database-url` name this database. */
export function showData(root: string, approach: string, { folder, databaseUrl }: ServedData): void {
  const current = join(root, "current");
  makeOwnedFolder(current);
  const unfinished = join(current, `.${approach}.unfinished-${process.pid}`);
  rmSync(unfinished, { force: true });
  symlinkSync(relative(current, folder), unfinished);
  renameSync(unfinished, join(current, approach));
  if (databaseUrl === undefined) return;
  writeFileSync(unfinished, databaseUrl, { mode: 0o600 });
  giveToOwnerOfFolder(unfinished);
  renameSync(unfinished, join(current, `${approach}.database-url`));
}

/** Returns what a service was last given. @throws Error when it was given nothing */
export function readShown(root: string, approach: string): ServedData {
  const current = join(root, "current");
  const urlFile = join(current, `${approach}.database-url`);
  return {
    folder: resolve(current, readlinkSync(join(current, approach))),
    databaseUrl: existsSync(urlFile) ? readFileSync(urlFile, "utf8") : undefined,
  };
}

/** Gives each service a copy of the prepared data to keep: what people write to it stays, whatever is measured. */
export async function serveData(
  options: Wanted & { readonly root: string; readonly approaches: readonly ApproachName[] },
  server: DatabaseServer | null,
): Promise<void> {
  const { root, size } = options;
  for (const name of options.approaches) {
    const folder = join(root, "served", String(size), name);
    if (!isOf(readManifest(folder), options)) copyFolder(dataFolderOf(root, size, name), folder);
    const { needs }: Approach = approaches[name];
    let databaseUrl: string | undefined;
    if (server !== null && needs.includes("database")) {
      const database = `served_${size}`;
      await keepDatabase(server.urlOf, { ...options, from: databaseOf(size), to: database });
      databaseUrl = server.urlOf(database);
    }
    showData(root, name, { folder, databaseUrl });
  }
}

/** Copies a prepared folder; one that is in its place is kept under another name. */
function copyFolder(from: string, to: string): void {
  if (existsSync(to)) renameSync(to, findFreeName(`${to}.replaced`));
  makeOwnedFolder(dirname(to));
  const unfinished = `${to}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(from, unfinished, { recursive: true });
  giveToOwnerOfFolder(unfinished);
  renameSync(unfinished, to);
}
