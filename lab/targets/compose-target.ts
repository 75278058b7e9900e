// Services as containers of a Compose project. A trial turns a service to its data and starts it anew; afterwards the
// service serves again what it served before. Approaches without a container of their own take turns in one that runs
// only while it is measured, under the name of the approach.
import {
  pointedAtMs,
  pointService,
  pointVariant,
  readPointer,
  type ServedData,
  setServices,
  VARIANT_SERVICE,
  watchServices,
} from "../data/current-data.ts";
import { placeContainers } from "./compose-placement.ts";
import {
  baseOf,
  connectDatabaseContainer,
  DATABASE_SERVER,
  findContainer,
  isAsStarted,
  PORT,
  restartService,
} from "./compose-service.ts";
import type { Engine } from "./engine.ts";
import { placeOnCores } from "./placement.ts";
import { type RunningService, waitUntilHealthy } from "./service.ts";
import type { ServiceOrder, Target } from "./target.ts";

export interface ComposeOptions {
  readonly engine: Engine;
  /** Folder of all prepared data, at the same path in all containers. */
  readonly dataRoot: string;
  /** All services that there may be; those that are not measured are kept off the cores of the one that is. */
  readonly services: readonly string[];
  /** Those that are measured. */
  readonly measured: readonly string[];
  /** Connection string of the database server, when an approach needs it. */
  readonly databaseServerUrl: string | undefined;
  readonly signal: AbortSignal;
  /** Told what the result will not be able to say, and why. */
  readonly onNote: (line: string) => void;
}

/** A container that a trial has turned to its approach and its data. */
interface Turned {
  readonly id: string;
  readonly giveBack: () => Promise<void>;
}

/** Waits until all services serve what they are given, so that none disturbs the first trial.
 * @throws Error when there is no container for an approach that is measured */
export async function openComposeTarget(options: ComposeOptions): Promise<Target> {
  const { engine, dataRoot, services, measured, databaseServerUrl, signal, onNote } = options;
  const containers = await engine.list();
  const variants = measured.filter((approach) => !containers.has(approach));
  const variantId = containers.get(VARIANT_SERVICE);
  if (variants.length > 0 && variantId === undefined)
    throw new Error(`there is no container for ${variants.join(", ")}; make bench makes one`);
  // A bench that was killed may have left it running.
  if (variantId !== undefined) await engine.stop(variantId);
  watchServices(
    dataRoot,
    variants.map((approach) => `${approach}:${PORT}`),
  );
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

  async function turnOwn(approach: string, data: ServedData): Promise<Turned> {
    const id = await findContainer(engine, approach);
    const served = readPointer(dataRoot, approach);
    pointService(dataRoot, approach, data);
    const giveBack = async () => {
      pointService(dataRoot, approach, served);
      await bind(id, placement.observers);
      // The next trial is of another service, and is not to be disturbed by one that loads. One that cannot serve
      // any more is not the bench's to repair.
      await restartService(engine, id, approach).catch(() => {});
    };
    return { id, giveBack };
  }

  async function turnVariant(approach: string, data: ServedData): Promise<Turned> {
    const id = await findContainer(engine, VARIANT_SERVICE);
    await engine.name(id, [VARIANT_SERVICE, approach]);
    pointVariant(dataRoot, approach, data);
    const giveBack = async () => {
      await engine.stop(id);
      setServices(dataRoot, {});
    };
    return { id, giveBack };
  }

  async function start({ approach, dataDir, database: name, signal }: ServiceOrder): Promise<RunningService> {
    const databaseUrl = name === undefined ? undefined : database?.urlOf(name);
    const turn = variants.includes(approach) ? turnVariant : turnOwn;
    const { id, giveBack } = await turn(approach, { folder: dataDir, databaseUrl });
    try {
      await bind(id, placement.service);
      const running = await restartService(engine, id, approach, signal);
      return { ...running, [Symbol.asyncDispose]: giveBack };
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  return {
    mode: "docker",
    engineVersion: engine.version,
    async describeContainers(approaches) {
      const ids = await engine.list();
      const asked = [...approaches, ...(database === null ? [] : [DATABASE_SERVER])];
      const origins = asked.flatMap((service) => {
        const id = ids.get(variants.includes(service) ? VARIANT_SERVICE : service);
        return id === undefined ? [] : [engine.describe(id).then((origin) => [service, origin])];
      });
      return Object.fromEntries(await Promise.all(origins));
    },
    placement,
    database,
    start,
    async [Symbol.asyncDispose]() {
      watchServices(dataRoot, []);
    },
  };
}
