// Where the services of a run are.

import { preload } from "../lab/selftest/preloads/preload.ts";
import { openComposeTarget } from "../lab/targets/compose-target.ts";
import { needDatabase, openDatabaseFor } from "../lab/targets/database-for.ts";
import { connectEngine } from "../lab/targets/engine.ts";
import { openNativeTarget } from "../lab/targets/native-target.ts";
import type { Target } from "../lab/targets/target.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import { approaches } from "../services/approaches/index.ts";
import type { BenchOptions } from "./bench-options.ts";
import { UsageError } from "./run-command.ts";

/** Where docker-compose.yml puts the engine's socket. */
export const ENGINE_SOCKET = "/var/run/docker.sock";

/** Opens what the options say: processes, or the containers beside this one. */
export async function openTarget(
  measured: Approaches,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<Target> {
  const { data: root, databaseServerUrl: url, mode, burn } = options;
  if (mode === "native")
    return openNativeTarget(
      (cpus) => openDatabaseFor(measured, { root, cpus, url }),
      (approach) => (approach === burn?.approach ? preload("burn", { share: burn.share }) : []),
    );
  if (Object.values(measured).some(({ file }) => file !== undefined))
    throw new UsageError("--approaches-path: no container has such a file; leave it out, or --mode docker");
  return openComposeTarget({
    engine: await connectEngine(ENGINE_SOCKET),
    dataRoot: root,
    services: Object.keys(approaches),
    measured: Object.keys(measured),
    databaseServerUrl: needDatabase(measured) ? url : undefined,
    signal,
    onNote: (line) => console.error(`note: ${line}`),
  });
}
