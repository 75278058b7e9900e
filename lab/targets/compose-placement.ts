// Which cores the containers of a Compose project are bound to while one of them is measured.
import { canPin } from "./child.ts";
import { DATABASE_SERVER } from "./compose-service.ts";
import type { Engine } from "./engine.ts";
import { type Placement, placeOnCores, readAllowedCores } from "./placement.ts";

const OBSERVERS = ["prometheus", "grafana"];

/** Gives every party cores of its own, as far as there are enough. A service is bound to its cores when it is measured.
 * @throws Error when the engine cannot bind; what it had bound may use all cores again */
export async function placeContainers(
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
