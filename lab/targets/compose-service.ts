// One container of a Compose project: started anew, watched, asked. What both kinds of targets do with them.
import { connectDatabaseServer } from "./database-url.ts";
import type { Engine } from "./engine.ts";
import { type RunningService, readUsage, waitUntilHealthy } from "./service.ts";
import { readInfo } from "./store-info.ts";
import type { DatabaseServer } from "./target.ts";

export const PORT = 8081;
export const DATABASE_SERVER = "postgres-server";

export const baseOf = (service: string) => `http://${service}:${PORT}`;

/** Returns the id of a service's container. @throws Error when there is none */
export async function findContainer(engine: Engine, service: string): Promise<string> {
  const id = (await engine.list()).get(service);
  if (id === undefined) throw new Error(`there is no container of ${service}; docker compose up makes one`);
  return id;
}

/** Uses the database server of the project, whose CPU time the engine knows. */
export function connectDatabaseContainer(engine: Engine, url: string): Promise<DatabaseServer> {
  return connectDatabaseServer(url, async () =>
    engine.readCpuMicros(await findContainer(engine, DATABASE_SERVER)),
  );
}

/** Whether a container still runs the process that was started at this time. */
export async function isAsStarted(engine: Engine, id: string, startedAt: string): Promise<boolean> {
  const now = await engine.inspect(id);
  return now.isRunning && now.startedAt === startedAt;
}

/** Starts a container's service anew and waits until it is healthy. */
export async function restartService(
  engine: Engine,
  id: string,
  host: string,
  signal?: AbortSignal,
): Promise<Omit<RunningService, typeof Symbol.asyncDispose>> {
  await engine.restart(id);
  const { startedAt } = await engine.inspect(id);
  const isRunning = () => isAsStarted(engine, id, startedAt);
  const readLog = () => engine.readLog(id);
  try {
    await waitUntilHealthy(baseOf(host), isRunning, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${host} did not start: ${(error as Error).message}\n${await readLog()}`, {
      cause: error,
    });
  }
  const startupMs = Date.now() - Date.parse(startedAt);
  const base = baseOf(host);
  const asked = { readUsage: () => readUsage(base), readInfo: () => readInfo(base) };
  return { host, port: PORT, startupMs, isRunning, readLog, ...asked };
}
