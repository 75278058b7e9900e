// Services as containers of a Compose project. A trial turns a service to its data and starts it anew; afterwards the
// service serves again what it served before.
import { pointedAtMs, pointService, readPointer } from "../data/current-data.ts";
import { canPin } from "./child.ts";
import { connectDatabaseServer } from "./database-url.ts";
import type { Engine } from "./engine.ts";
import { type Placement, placeOnCores, readAllowedCores } from "./placement.ts";
import { type RunningService, readUsage, waitUntilHealthy } from "./service.ts";
import { readInfo } from "./store-info.ts";
import type { ServiceOrder, Target } from "./target.ts";

const PORT = 8081;
const DATABASE_SERVER = "postgres-server";
const OBSERVERS = ["prometheus", "grafana"];

export interface ComposeOptions {
  readonly engine: Engine;
  /** Folder of all prepared data, at the same path in all containers. */
  readonly dataRoot: string;
  /** All services that there may be; those that are not measured are kept off the cores of the one that is. */
  readonly services: readonly string[];
  /** Connection string of the database server, when an approach needs it. */
  readonly databaseServerUrl: string | undefined;
  readonly signal: AbortSignal;
  /** Told what the result will not be able to say, and why. */
  readonly onNote: (line: string) => void;
}

/** Waits until all services serve what they are given, so that none disturbs the first trial. */
export async function openComposeTarget(options: ComposeOptions): Promise<Target> {
  const { engine, dataRoot, services, databaseServerUrl, signal, onNote } = options;
  const containers = await engine.list();
  const present = services.filter((service) => containers.has(service));
  const placement = await placeContainers(engine, containers, present).catch((error: Error) => {
    onNote(`containers are not bound to cores: ${error.message}`);
    return placeOnCores([]);
  });
  const settle = async (service: string) => {
    const id = containers.get(service) as string;
    const { startedAt } = await engine.inspect(id);
    const isStale = Date.parse(startedAt) < pointedAtMs(dataRoot, service);
    if (isStale) await restartService(engine, id, service, signal);
    else await waitUntilHealthy(baseOf(service), () => isAsStarted(engine, id, startedAt), signal);
  };
  await Promise.all(
    present.map((service) => settle(service).catch((error: Error) => onNote(`${service}: ${error.message}`))),
  );
  signal.throwIfAborted();

  const idOf = async (service: string) => {
    const id = (await engine.list()).get(service);
    if (id === undefined) throw new Error(`there is no container of ${service}; docker compose up makes one`);
    return id;
  };
  const bind = async (id: string, cores: readonly number[]) => {
    if (cores.length > 0) await engine.bind(id, cores);
  };
  const database =
    databaseServerUrl === undefined
      ? null
      : await connectDatabaseServer(databaseServerUrl, async () =>
          engine.readCpuMicros(await idOf(DATABASE_SERVER)),
        );

  async function start({ approach, dataDir, database: name, signal }: ServiceOrder): Promise<RunningService> {
    const id = await idOf(approach);
    const served = readPointer(dataRoot, approach);
    const databaseUrl = name === undefined ? undefined : database?.urlOf(name);
    pointService(dataRoot, approach, { folder: dataDir, databaseUrl });
    const stop = async () => {
      pointService(dataRoot, approach, served);
      await bind(id, placement.observers);
      // The next trial is of another service, and is not to be disturbed by one that loads. One that cannot serve
      // any more is not the bench's to repair.
      await restartService(engine, id, approach).catch(() => {});
    };
    try {
      await bind(id, placement.service);
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
    async describeContainers(approaches) {
      const ids = await engine.list();
      const measured = [...approaches, ...(database === null ? [] : [DATABASE_SERVER])];
      const origins = measured
        .filter((service) => ids.has(service))
        .map(async (service) => [service, await engine.describe(ids.get(service) as string)]);
      return Object.fromEntries(await Promise.all(origins));
    },
    placement,
    database,
    start,
    async [Symbol.asyncDispose]() {},
  };
}

const baseOf = (service: string) => `http://${service}:${PORT}`;

/** Whether a container still runs the process that was started at this time. */
async function isAsStarted(engine: Engine, id: string, startedAt: string): Promise<boolean> {
  const now = await engine.inspect(id);
  return now.isRunning && now.startedAt === startedAt;
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

/** Gives every party cores of its own, as far as there are enough. A service is bound to its cores when it is measured.
 * @throws Error when the engine cannot bind; what it had bound may use all cores again */
async function placeContainers(
  engine: Engine,
  containers: ReadonlyMap<string, string>,
  services: readonly string[],
): Promise<Placement> {
  const all = readAllowedCores();
  const placement = placeOnCores(canPin() ? all : []);
  const idle = [...services, ...OBSERVERS].map((name) => [name, placement.observers] as const);
  const parties = [...idle, [DATABASE_SERVER, placement.database] as const].flatMap(([name, cores]) => {
    const id = containers.get(name);
    return id === undefined || cores.length === 0 ? [] : [{ id, cores }];
  });
  try {
    for (const { id, cores } of parties) await engine.bind(id, cores);
  } catch (error) {
    for (const { id } of parties) await engine.bind(id, all).catch(() => {});
    throw error;
  }
  return placement;
}
