// Services as containers of a Compose project. A trial turns a service to its data and starts it anew; afterwards the
// service serves again what it served before.
import { pointedAtMs, pointService, readPointer } from "../data/current-data.ts";
import { canPin } from "./child.ts";
import {
  baseOf,
  connectDatabaseContainer,
  DATABASE_SERVER,
  findContainer,
  isAsStarted,
  restartService,
} from "./compose-service.ts";
import type { Engine } from "./engine.ts";
import { type Placement, placeOnCores, readAllowedCores } from "./placement.ts";
import { type RunningService, waitUntilHealthy } from "./service.ts";
import type { ServiceOrder, Target } from "./target.ts";

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

  const bind = async (id: string, cores: readonly number[]) => {
    if (cores.length > 0) await engine.bind(id, cores);
  };
  const database =
    databaseServerUrl === undefined ? null : await connectDatabaseContainer(engine, databaseServerUrl);

  async function start({ approach, dataDir, database: name, signal }: ServiceOrder): Promise<RunningService> {
    const id = await findContainer(engine, approach);
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
