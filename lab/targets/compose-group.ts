// Several services as containers of a Compose project, over one store: an approach's own service and its second one, which
// have one folder of data and one database.
import { pointService, readPointer, type ServedData, setServices } from "../data/current-data.ts";
import { connectDatabaseContainer, findContainer, restartService } from "./compose-service.ts";
import type { Engine } from "./engine.ts";
import { readAllowedCores } from "./placement.ts";
import type { GroupOffer, GroupOrder, GroupTarget, ServiceGroup } from "./service-group.ts";
import type { DatabaseServer } from "./target.ts";

/** docker-compose.yml has two services for an approach, and each is a process. */
export const CONTAINER_GROUPS: GroupOffer = { maxProcesses: 2, hasThreads: false };

export interface ComposeGroupOptions {
  readonly engine: Engine;
  /** Folder of all prepared data, at the same path in all containers. */
  readonly dataRoot: string;
  /** Connection string of the database server, when an approach needs it. */
  readonly databaseServerUrl: string | undefined;
}

export async function openComposeGroups(options: ComposeGroupOptions): Promise<GroupTarget> {
  const { engine, databaseServerUrl: url } = options;
  const database = url === undefined ? null : await connectDatabaseContainer(engine, url);
  // What services served before the first group, which is not what they serve when one group follows another.
  const servedBefore = new Map<string, ServedData>();
  const readServed = (approach: string) => {
    const served = servedBefore.get(approach) ?? readPointer(options.dataRoot, approach);
    servedBefore.set(approach, served);
    return served;
  };
  return {
    database,
    startGroup: (order) => startGroup(order, { ...options, database, served: readServed(order.approach) }),
    async [Symbol.asyncDispose]() {},
  };
}

interface Surroundings extends Pick<ComposeGroupOptions, "engine" | "dataRoot"> {
  readonly database: DatabaseServer | null;
  /** What the services serve when the group is gone. */
  readonly served: ServedData;
}

async function startGroup(
  order: GroupOrder,
  { engine, dataRoot, database, served }: Surroundings,
): Promise<ServiceGroup> {
  const { approach, dataDir, settings, processes, signal } = order;
  const services = [approach, `${approach}-2`].slice(0, processes);
  const containers = await Promise.all(
    services.map(async (service) => ({ service, id: await findContainer(engine, service) })),
  );
  const restartAll = (stop?: AbortSignal) =>
    Promise.all(containers.map(({ service, id }) => restartService(engine, id, service, stop)));
  const giveBack = async () => {
    pointService(dataRoot, approach, served);
    setServices(dataRoot, {});
    // One that cannot serve any more is not this experiment's to repair.
    await restartAll().catch(() => {});
  };
  try {
    const databaseUrl = order.database === undefined ? undefined : database?.urlOf(order.database);
    pointService(dataRoot, approach, { folder: dataDir, databaseUrl });
    setServices(dataRoot, settings);
    // A bench may have bound them to its cores.
    for (const { id } of containers) await engine.bind(id, readAllowedCores()).catch(() => {});
    const running = await restartAll(signal);
    return {
      addresses: running.map(({ host, port }) => ({ host, port })),
      readCpuMicros: async () => {
        const usages = await Promise.all(running.map((service) => service.readUsage()));
        return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
      },
      kill: async () => void (await Promise.all(containers.map(({ id }) => engine.kill(id)))),
      readLog: async () => (await Promise.all(containers.map(({ id }) => engine.readLog(id)))).join(""),
      [Symbol.asyncDispose]: giveBack,
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
}
