// What services in containers serve: their settings are fixed when they are made, so their folder and their database
// have fixed names too, and a trial puts its data there before the service starts anew.
import { mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { ApproachName } from "../../services/approaches/index.ts";
import type { DatabaseServer } from "../targets/target.ts";
import { databaseOf, dataFolderOf } from "./prepare.ts";
import { copyDatabase } from "./prepare-database.ts";

/** The database that a service in a container uses. */
export const CURRENT_DATABASE = "users_current";

/** Lets `<root>/current/<approach>` be this folder. */
export function showFolder(root: string, approach: string, folder: string): void {
  const current = join(root, "current");
  mkdirSync(current, { recursive: true });
  const unfinished = join(current, `.${approach}.unfinished-${process.pid}`);
  rmSync(unfinished, { force: true });
  symlinkSync(folder, unfinished);
  renameSync(unfinished, join(current, approach));
}

/** Lets the services in containers serve what was prepared. */
export async function showPrepared(
  { data: root, size, approaches }: { data: string; size: number; approaches: readonly ApproachName[] },
  database: DatabaseServer | null,
): Promise<void> {
  for (const name of approaches) showFolder(root, name, dataFolderOf(root, size, name));
  if (database !== null) await showDatabase(database.urlOf, databaseOf(size));
}

/** Puts a copy of this database in the place of the one that is served. */
export function showDatabase(urlOf: (name: string) => string, database: string): Promise<void> {
  return copyDatabase(urlOf, database, CURRENT_DATABASE);
}
