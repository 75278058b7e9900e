// Services as containers of a Compose project. Every trial gets one that the engine has started anew.
import { showDatabase, showFolder } from "../data/current-data.ts";
import { connectDatabaseServer } from "./database-url.ts";
import type { Engine } from "./engine.ts";
import { type Placement, parseCoreList } from "./placement.ts";
import type { RunningService } from "./service.ts";
import { readUsage, waitUntilHealthy } from "./service.ts";
import type { ServiceOrder, Target } from "./target.ts";

const PORT = 8081;
const DATABASE_SERVICE = "postgres-server";

/**
 * @param dataRoot folder of all prepared data, at the same path in all containers
 * @param databaseServerUrl of the server, when an approach needs it
 */
export async function openComposeTarget(options: {
  readonly engine: Engine;
  readonly dataRoot: string;
  readonly databaseServerUrl: string | undefined;
}): Promise<Target> {
  const { engine, dataRoot, databaseServerUrl } = options;
  const readCpuMicros = async () => engine.readCpuMicros((await engine.find(DATABASE_SERVICE)).id);
  const database =
    databaseServerUrl === undefined ? null : await connectDatabaseServer(databaseServerUrl, readCpuMicros);

  async function start({ approach, dataDir, database: name, signal }: ServiceOrder): Promise<RunningService> {
    showFolder(dataRoot, approach, dataDir);
    if (name !== undefined && database !== null) await showDatabase(database.urlOf, name);
    const { id } = await engine.find(approach);
    await engine.restart(id);
    const { startedAt } = await engine.find(approach);
    const isRunning = async () => {
      const now = await engine.find(approach);
      return now.isRunning && now.startedAt === startedAt;
    };
    const base = `http://${approach}:${PORT}`;
    await waitUntilHealthy(base, isRunning, signal);
    return {
      host: approach,
      port: PORT,
      startupMs: Date.now() - Date.parse(startedAt),
      isRunning,
      log: () => `docker compose logs ${approach} has what it said`,
      readUsage: () => readUsage(base),
      async [Symbol.asyncDispose]() {},
    };
  }

  const cores = async (service: string) => parseCoreList((await engine.find(service)).cpus);
  const placement: Placement = {
    service: await cores("baseline"),
    database: await cores(DATABASE_SERVICE),
    generator: await cores("k6"),
  };
  return { mode: "docker", placement, database, start, async [Symbol.asyncDispose]() {} };
}
