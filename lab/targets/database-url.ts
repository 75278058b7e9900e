import { setTimeout as sleep } from "node:timers/promises";
import { show } from "./postgres-server.ts";
import type { DatabaseServer } from "./target.ts";

/** A server that is made anew takes some seconds before it listens. */
const START_LIMIT_MS = 60_000;
const POLL_MS = 200;
/** Not there yet, or there and starting. */
const STARTING = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "57P03"];

/**
 * Uses a PostgreSQL server that runs already.
 * @param url of any database of the server, by a user who may create databases
 * @param readCpuMicros returns the CPU time of the server, where somebody can tell it
 */
export async function connectDatabaseServer(
  url: string,
  readCpuMicros: DatabaseServer["readCpuMicros"] = async () => Number.NaN,
): Promise<DatabaseServer> {
  const version = await readVersion(url);
  const urlOf = (database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
  return {
    version,
    urlOf,
    readCpuMicros,
    async [Symbol.asyncDispose]() {},
  };
}

/** @throws Error when the server cannot be asked, for good or for too long */
async function readVersion(url: string): Promise<string> {
  const untilMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    try {
      return await show(url, "server_version");
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (!STARTING.includes(code) || performance.now() > untilMs)
        throw new Error(`the database server cannot be asked: ${message || code}`, { cause: error });
      await sleep(POLL_MS);
    }
  }
}
