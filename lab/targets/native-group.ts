// Several services as processes of this machine, over one store.

import { fileURLToPath } from "node:url";
import { type NativeService, startService } from "./native-service.ts";
import type { GroupOffer, GroupOrder, GroupTarget, ServiceGroup } from "./service-group.ts";
import type { DatabaseServer } from "./target.ts";

const THREADED_MAIN = fileURLToPath(new URL("../controls/threaded-service.ts", import.meta.url));

export const NATIVE_GROUPS: GroupOffer = { maxProcesses: Number.POSITIVE_INFINITY, hasThreads: true };

/** @param database the server of the prepared databases, or null when no approach needs one; stopped with the target */
export function openNativeGroups(database: DatabaseServer | null): GroupTarget {
  return {
    database,
    startGroup: (order) => startGroup(order, database),
    [Symbol.asyncDispose]: async () => database?.[Symbol.asyncDispose](),
  };
}

async function startGroup(order: GroupOrder, database: DatabaseServer | null): Promise<ServiceGroup> {
  const { approach, approachFile, dataDir, settings, signal, processes, areThreads } = order;
  const databaseUrl = order.database === undefined ? undefined : database?.urlOf(order.database);
  const options = { approach, approachFile, dataDir, databaseUrl, settings, signal };
  const starting = areThreads
    ? [startService({ ...options, main: THREADED_MAIN, threads: processes })]
    : Array.from({ length: processes }, () => startService(options));
  const services = await allOrNone(starting);
  return {
    addresses: services.flatMap(({ host, ports }) => ports.map((port) => ({ host, port }))),
    readCpuMicros: async () => {
      const usages = await Promise.all(services.map((service) => service.readUsage()));
      return usages.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
    },
    kill: () => endAll(services, (service) => service.kill()),
    readLog: () => services.map((service) => service.readLog()).join(""),
    [Symbol.asyncDispose]: () => endAll(services, (service) => service[Symbol.asyncDispose]()),
  };
}

/** Waits for all; stops those that started when one did not. */
async function allOrNone(starting: readonly Promise<NativeService>[]): Promise<NativeService[]> {
  const outcomes = await Promise.allSettled(starting);
  const services = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = outcomes.find((one) => one.status === "rejected");
  if (failed === undefined) return services;
  await endAll(services, (service) => service[Symbol.asyncDispose]());
  throw failed.reason;
}

/** Ends all at the same time. */
async function endAll(
  services: readonly NativeService[],
  end: (service: NativeService) => PromiseLike<void>,
) {
  await Promise.all(services.map(end));
}
