import { join } from "node:path";
import { type Approach, type ApproachName, approaches } from "../../services/approaches/index.ts";
import { startPostgres } from "../targets/postgres-server.ts";
import type { DatabaseServer } from "../targets/target.ts";

/** Whether one of these approaches needs a database server. */
export function needDatabase(names: readonly ApproachName[]): boolean {
  return names.some((name) => (approaches[name] as Approach).needs.includes("database"));
}

/** Starts the server of the prepared databases, if one of these approaches needs it. */
export async function startDatabaseFor(
  names: readonly ApproachName[],
  options: { readonly root: string; readonly cpus?: readonly number[] },
): Promise<DatabaseServer | null> {
  return needDatabase(names)
    ? startPostgres({ folder: join(options.root, "postgres"), cpus: options.cpus })
    : null;
}
