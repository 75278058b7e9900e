// A service that runs, wherever it does.

import { setTimeout as sleep } from "node:timers/promises";
import { parseUsage, type ServiceUsage } from "./service-metrics.ts";
import type { StoreInfo } from "./store-info.ts";

const POLL_MS = 5;
/** Asking a Docker engine costs more than asking the service. */
const RUNNING_POLL_MS = 200;
/** Loading ten million users into a map takes some seconds; longer than this is a hang. */
const READY_LIMIT_MS = 120_000;
const HEALTH_LIMIT_MS = 5_000;

export interface RunningService extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** From the start of the process to the first healthy answer. */
  readonly startupMs: number;
  /** Whether the process that was started still runs. */
  readonly isRunning: () => boolean | Promise<boolean>;
  /** Returns what it has written to stderr. */
  readonly readLog: () => string | Promise<string>;
  /** CPU time and memory as the service itself counts them. */
  readonly readUsage: () => Promise<ServiceUsage>;
  /** What the service says of its store. */
  readonly readInfo: () => Promise<StoreInfo>;
}

/** Waits until a service answers that it is healthy.
 * @throws Error when it ends before, or takes too long */
export async function waitUntilHealthy(
  base: string,
  isRunning: RunningService["isRunning"],
  stop?: AbortSignal,
): Promise<void> {
  const untilMs = performance.now() + READY_LIMIT_MS;
  let askedMs = performance.now();
  while (performance.now() < untilMs) {
    stop?.throwIfAborted();
    if (performance.now() - askedMs > RUNNING_POLL_MS) {
      if (!(await isRunning())) break;
      askedMs = performance.now();
    }
    const response = await fetch(`${base}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) }).catch(
      () => null,
    );
    await response?.body?.cancel();
    if (response?.ok) return;
    await sleep(POLL_MS);
  }
  throw new Error((await isRunning()) ? `not healthy within ${READY_LIMIT_MS} ms` : "it ended");
}

/** Asks a service for its usage. */
export async function readUsage(base: string): Promise<ServiceUsage> {
  return parseUsage(await (await fetch(`${base}/metrics`)).text());
}
