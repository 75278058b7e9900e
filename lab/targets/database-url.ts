import { show } from "./postgres-server.ts";
import type { DatabaseServer } from "./target.ts";

/**
 * Uses a PostgreSQL server that runs already.
 * @param url of any database of the server, by a user who may create databases
 * @param readCpuMicros returns the CPU time of the server, where somebody can tell it
 */
export async function connectDatabaseServer(
  url: string,
  readCpuMicros: DatabaseServer["readCpuMicros"] = async () => Number.NaN,
): Promise<DatabaseServer> {
  const urlOf = (database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
  return {
    version: await show(url, "server_version"),
    urlOf,
    readCpuMicros,
    async [Symbol.asyncDispose]() {},
  };
}
