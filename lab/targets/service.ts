// A service as a process of this machine.

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isChildRunning, startChild, stopChild } from "./child.ts";
import { findFreePort } from "./free-port.ts";

const MAIN = fileURLToPath(new URL("../../services/main.ts", import.meta.url));
const HOST = "127.0.0.1";
const POLL_MS = 5;
/** Loading ten million users into a map takes some seconds; longer than this is a hang. */
const READY_LIMIT_MS = 120_000;
const HEALTH_LIMIT_MS = 5_000;

export interface RunningService extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of the process to the first healthy answer. */
  readonly startupMs: number;
  /** Whether the process that was started still runs. */
  readonly isRunning: () => boolean;
  /** What it has written to stderr. */
  readonly log: () => string;
  /** CPU time and memory as the service itself counts them. */
  readonly readUsage: () => Promise<ServiceUsage>;
}

export interface ServiceUsage {
  readonly cpuMicros: number;
  /** Resident memory. */
  readonly rssBytes: number;
}

/** Starts a service on a free port and waits until it is healthy.
 * @throws Error with what the service said when it ends before */
export async function startService(options: {
  /** Path of the program; the lab's own service unless a control is asked for. */
  readonly main?: string;
  readonly approach: string;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  readonly cpus?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<RunningService> {
  const { main = MAIN, approach, dataDir, databaseUrl, cpus, signal } = options;
  const port = await findFreePort();
  const env = { ...process.env, APPROACH: approach, HOST, PORT: String(port), DATA_DIR: dataDir };
  const startedMs = performance.now();
  const child = startChild(process.execPath, [main], {
    cpus,
    stdio: ["ignore", "ignore", "pipe"],
    env: databaseUrl === undefined ? env : { ...env, DATABASE_URL: databaseUrl },
  });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const isRunning = () => isChildRunning(child);
  const base = `http://${HOST}:${port}`;
  try {
    await waitUntilHealthy(base, isRunning, signal);
  } catch (error) {
    await stopChild(child);
    signal?.throwIfAborted();
    throw new Error(`${approach} did not start: ${log.trim()}`, { cause: error });
  }
  return {
    host: HOST,
    port,
    pid: child.pid as number,
    startupMs: performance.now() - startedMs,
    isRunning,
    log: () => log,
    readUsage: async () => parseUsage(await (await fetch(`${base}/metrics`)).text()),
    [Symbol.asyncDispose]: () => stopChild(child),
  };
}

async function waitUntilHealthy(base: string, isRunning: () => boolean, stop?: AbortSignal): Promise<void> {
  const untilMs = performance.now() + READY_LIMIT_MS;
  while (isRunning() && performance.now() < untilMs) {
    stop?.throwIfAborted();
    const response = await fetch(`${base}/health`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) }).catch(
      () => null,
    );
    await response?.body?.cancel();
    if (response?.ok) return;
    await sleep(POLL_MS);
  }
  throw new Error(isRunning() ? `not healthy within ${READY_LIMIT_MS} ms` : "it ended");
}

/** Reads the two figures from a page of metrics.
 * @throws Error when one is missing */
export function parseUsage(metrics: string): ServiceUsage {
  const read = (name: string) => {
    const value = new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1];
    if (value === undefined) throw new Error(`the service's metrics lack ${name}`);
    return Number(value);
  };
  return {
    cpuMicros: Math.round(read("process_cpu_seconds_total") * 1e6),
    rssBytes: read("process_resident_memory_bytes"),
  };
}
