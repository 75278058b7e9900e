import { join } from "node:path";
import { type Approach, type ApproachName, approaches } from "../../services/approaches/index.ts";
import { type PostgresServer, startPostgres } from "../targets/postgres-server.ts";

/** Starts the server of the prepared databases, if one of these approaches needs it. */
export async function startDatabaseFor(
  names: readonly ApproachName[],
  options: { readonly root: string; readonly cpus?: readonly number[] },
): Promise<PostgresServer | null> {
  const isNeeded = names.some((name) => (approaches[name] as Approach).needs.includes("database"));
  return isNeeded ? startPostgres({ folder: join(options.root, "postgres"), cpus: options.cpus }) : null;
}
