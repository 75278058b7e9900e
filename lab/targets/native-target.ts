// Services as plain processes of this machine.

import { canPin } from "./child.ts";
import { startService } from "./native-service.ts";
import { placeOnCores, readAllowedCores } from "./placement.ts";
import type { DatabaseServer, Target } from "./target.ts";

/**
 * @param startDatabase starts the server of the prepared databases on these cores, or returns null when none is needed
 */
export async function openNativeTarget(
  startDatabase: (cpus: readonly number[]) => Promise<DatabaseServer | null>,
): Promise<Target> {
  const placement = { ...placeOnCores(canPin() ? readAllowedCores() : []), observers: [] };
  const database = await startDatabase(placement.database);
  return {
    mode: "native",
    placement,
    database,
    start: ({ database: name, ...order }) => {
      const databaseUrl = name === undefined ? undefined : database?.urlOf(name);
      return startService({ ...order, databaseUrl, cpus: placement.service });
    },
    [Symbol.asyncDispose]: async () => database?.[Symbol.asyncDispose](),
  };
}
