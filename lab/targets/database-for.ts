import { join } from "node:path";
import type { Approaches } from "../../services/approaches/approach.ts";
import { connectDatabaseServer } from "./database-url.ts";
import { startPostgres } from "./postgres-server.ts";
import type { DatabaseServer } from "./target.ts";

/** Whether one of these approaches needs a database server. */
export function needDatabase(approaches: Approaches): boolean {
  return Object.values(approaches).some(({ needs }) => needs.includes("database"));
}

/** Starts the server of the prepared databases, or uses the one at `url`, if one of these approaches needs it. */
export async function openDatabaseFor(
  approaches: Approaches,
  options: {
    readonly root: string;
    readonly cpus?: readonly number[];
    readonly url?: string | undefined;
  },
): Promise<DatabaseServer | null> {
  if (!needDatabase(approaches)) return null;
  if (options.url !== undefined) return connectDatabaseServer(options.url);
  return startPostgres({ folder: join(options.root, "postgres"), cpus: options.cpus });
}
