// Services as plain processes of this machine.

import { canPin } from "./child.ts";
import { type NativeService, startService } from "./native-service.ts";
import { placeOnCores, readAllowedCores } from "./placement.ts";
import type { DatabaseServer, ServiceOrder, Target } from "./target.ts";

export interface NativeTarget extends Target {
  readonly start: (order: ServiceOrder) => Promise<NativeService>;
}

/**
 * @param startDatabase starts the server of the prepared databases on these cores, or returns null when none is needed
 * @param nodeArgumentsOf what Node is given before the service of an approach
 */
export async function openNativeTarget(
  startDatabase: (cpus: readonly number[]) => Promise<DatabaseServer | null>,
  nodeArgumentsOf: (approach: string) => readonly string[] = () => [],
): Promise<NativeTarget> {
  const placement = { ...placeOnCores(canPin() ? readAllowedCores() : []), observers: [] };
  const database = await startDatabase(placement.database);
  return {
    mode: "native",
    placement,
    database,
    start: ({ database: name, durability = "lesson", maxNameCharacters: longest, ...order }) => {
      const databaseUrl = name === undefined ? undefined : database?.urlOf(name);
      const runner = [process.execPath, ...nodeArgumentsOf(order.approach)];
      const settings = {
        DURABILITY: durability,
        ...(longest !== undefined && { MAX_NAME_CHARACTERS: String(longest) }),
      };
      return startService({ ...order, databaseUrl, runner, settings, cpus: placement.service });
    },
    [Symbol.asyncDispose]: async () => database?.[Symbol.asyncDispose](),
  };
}
