// The files of an approach's data, out of memory before it starts; and PostgreSQL's server, whose files they may be, under
// the same limit.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { dropPages } from "../lesson/resident-pages.ts";
import { choosePlace } from "../targets/postgres-place.ts";
import { type PostgresServer, startPostgres } from "../targets/postgres-server.ts";
import { listDescendants } from "../targets/process-cpu.ts";
import type { ControlGroup } from "./control-group.ts";

/** Smaller files are not worth the two programs that look after each; a database has three hundred of them. */
const LARGE_BYTES = 2 ** 20;

const serverFolder = (dataRoot: string) => join(dataRoot, "postgres");

/** Takes the files of an approach out of memory: whoever read them before has them in its own account, and they would cost
 * this one nothing.
 * @param serverRoot root of the data, where the approach keeps its own in the lab's PostgreSQL, which does not run
 * @returns those that are partly there all the same */
export async function dropData(dataDir: string, serverRoot: string | null): Promise<string[]> {
  const ofServer = serverRoot === null ? [] : await listServerFiles(serverRoot);
  return [...listFiles(dataDir), ...ofServer].filter(
    (file) => statSync(file).size >= LARGE_BYTES && !dropPages(file),
  );
}

async function listServerFiles(dataRoot: string): Promise<string[]> {
  const { folder } = await choosePlace(resolve(serverFolder(dataRoot)));
  return listFiles(join(folder, "cluster/base"));
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Starts the server of the prepared databases and moves it into a group, before it has taken more than it needs to be there. */
export async function startDatabaseIn(group: ControlGroup, dataRoot: string): Promise<PostgresServer> {
  const server = await startPostgres({ folder: serverFolder(dataRoot) });
  // The first is moved first, so that those it starts meanwhile are in the group from their birth.
  for (const pid of [server.pid, ...listDescendants(server.pid)]) group.add(pid);
  return server;
}
