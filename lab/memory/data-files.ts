// The files of an approach's data, out of memory before it starts and read into its group's when it is to be warm; and
// PostgreSQL's server, whose files they may be, under the same limit.
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import pg from "pg";
import { dropPages } from "../lesson/resident-pages.ts";
import { startChild } from "../targets/child.ts";
import { choosePlace } from "../targets/postgres-place.ts";
import { type PostgresServer, startPostgres } from "../targets/postgres-server.ts";
import { listDescendants } from "../targets/process-cpu.ts";
import type { ControlGroup } from "./control-group.ts";

/** Smaller files are not worth the two programs that look after each; a database has three hundred of them. */
const LARGE_BYTES = 2 ** 20;

const serverFolder = (dataRoot: string) => join(dataRoot, "postgres");

/** Takes files out of memory: whoever read them before has them in its own account, and they would cost a group nothing.
 * @returns those that are partly there all the same */
export function dropFiles(files: readonly string[]): string[] {
  return files.filter((file) => !dropPages(file));
}

/** Reads files in a group, so that as much of them is in its memory as it has room for. */
export async function readIn(
  group: ControlGroup,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (files.length === 0) return;
  const [program = "", ...args] = [...group.enter, "cat", ...files];
  const child = startChild(program, args, { stdio: "ignore", signal });
  await once(child, "exit");
}

/** Lists the large files of the databases of the lab's own server. Each database has a folder. */
export async function listServerFiles(dataRoot: string): Promise<string[]> {
  const { folder } = await choosePlace(resolve(serverFolder(dataRoot)));
  return listLargeFiles(join(folder, "cluster/base"));
}

/** Returns the name of a database's folder. */
export async function findDatabaseFolder(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const { rows } = await client.query<{ oid: number }>(
      "SELECT oid FROM pg_database WHERE datname = current_database()",
    );
    return String(rows[0]?.oid);
  } finally {
    await client.end();
  }
}

export function listLargeFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => statSync(file).size >= LARGE_BYTES);
}

/** Starts the server of the prepared databases and moves it into a group, before it has taken more than it needs to be there. */
export async function startDatabaseIn(group: ControlGroup, dataRoot: string): Promise<PostgresServer> {
  const server = await startPostgres({ folder: serverFolder(dataRoot) });
  // The first is moved first, so that those it starts meanwhile are in the group from their birth.
  for (const pid of [server.pid, ...listDescendants(server.pid)]) group.add(pid);
  return server;
}
