// Services as containers of a Compose project. A trial turns a service to its data and starts it anew; afterwards the
// service serves again what it served before.
import { readShown, showData } from "../data/current-data.ts";
import { connectDatabaseServer } from "./database-url.ts";
import type { Engine } from "./engine.ts";
import { type Placement, placeOnCores, readAllowedCores } from "./placement.ts";
import { type RunningService, readUsage, waitUntilHealthy } from "./service.ts";
import type { ServiceOrder, Target } from "./target.ts";

const PORT = 8081;
const DATABASE_SERVER = "postgres-server";
const OBSERVERS = ["prometheus", "grafana"];

export interface ComposeOptions {
  readonly engine: Engine;
  /** Folder of all prepared data, at the same path in all containers. */
  readonly dataRoot: string;
  readonly approaches: readonly string[];
  /** Connection string of the database server, when an approach needs it. */
  readonly databaseServerUrl: string | undefined;
}

/** @throws Error when the project lacks a container */
export async function openComposeTarget(options: ComposeOptions): Promise<Target> {
  const { engine, dataRoot, approaches, databaseServerUrl } = options;
  const containers = await engine.list();
  const idOf = (service: string) => {
    const id = containers.get(service);
    if (id === undefined) throw new Error(`there is no container of ${service}; docker compose up makes one`);
    return id;
  };
  const placement = await bindContainers(engine, containers, approaches.map(idOf));
  const database =
    databaseServerUrl === undefined
      ? null
      : await connectDatabaseServer(databaseServerUrl, () => engine.readCpuMicros(idOf(DATABASE_SERVER)));

  async function start({ approach, dataDir, database: name, signal }: ServiceOrder): Promise<RunningService> {
    const id = idOf(approach);
    const served = readShown(dataRoot, approach);
    const databaseUrl = name === undefined ? undefined : database?.urlOf(name);
    showData(dataRoot, approach, { folder: dataDir, databaseUrl });
    const stop = async () => {
      showData(dataRoot, approach, served);
      // The next trial is of another service, and is not to be disturbed by one that loads. One that cannot serve
      // any more is not the bench's to repair.
      await restartService(engine, id, approach).catch(() => {});
    };
    try {
      const running = await restartService(engine, id, approach, signal);
      return { ...running, [Symbol.asyncDispose]: stop };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  return {
    mode: "docker",
    engineVersion: engine.version,
    placement,
    database,
    start,
    async [Symbol.asyncDispose]() {},
  };
}

/** Starts a container's service anew and waits until it is healthy. */
async function restartService(
  engine: Engine,
  id: string,
  host: string,
  signal?: AbortSignal,
): Promise<Omit<RunningService, typeof Symbol.asyncDispose>> {
  await engine.restart(id);
  const { startedAt } = await engine.inspect(id);
  const isRunning = async () => {
    const now = await engine.inspect(id);
    return now.isRunning && now.startedAt === startedAt;
  };
  const base = `http://${host}:${PORT}`;
  const readLog = () => engine.readLog(id);
  try {
    await waitUntilHealthy(base, isRunning, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${host} did not start: ${(error as Error).message}\n${await readLog()}`, {
      cause: error,
    });
  }
  const startupMs = Date.now() - Date.parse(startedAt);
  return { host, port: PORT, startupMs, isRunning, readLog, readUsage: () => readUsage(base) };
}

/** Gives every party cores of its own, as far as there are enough; none where the engine cannot bind. */
async function bindContainers(
  engine: Engine,
  containers: ReadonlyMap<string, string>,
  services: readonly string[],
): Promise<Placement> {
  const placement = placeOnCores(readAllowedCores());
  const parties: [ids: readonly (string | undefined)[], cores: readonly number[]][] = [
    [services, placement.service],
    [[containers.get(DATABASE_SERVER)], placement.database],
    [OBSERVERS.map((name) => containers.get(name)), placement.observers],
  ];
  try {
    for (const [ids, cores] of parties) {
      for (const id of ids) if (id !== undefined && cores.length > 0) await engine.bind(id, cores);
    }
    return placement;
  } catch {
    return placeOnCores([]);
  }
}
