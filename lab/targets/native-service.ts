// A service as a process of this machine.
import { fileURLToPath } from "node:url";
import { isChildRunning, type ProcessEnd, readEnd, startChild, stopChild } from "./child.ts";
import { findFreePort } from "./free-port.ts";
import { type RunningService, readUsage, waitUntilHealthy } from "./service.ts";
import { readInfo } from "./store-info.ts";

const MAIN = fileURLToPath(new URL("../../services/main.ts", import.meta.url));
const HOST = "127.0.0.1";

export interface NativeService extends RunningService {
  readonly pid: number;
  /** The port, and those of its other threads. */
  readonly ports: readonly number[];
  readonly readLog: () => string;
  /** How its process ended; null while it runs. */
  readonly readEnd: () => ProcessEnd | null;
  /** Ends it without letting it finish anything, and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

/** A service was not healthy: it ended, or took too long. */
export class StartError extends Error {
  override readonly name = "StartError";
  /** How its process ended; null where it still ran. */
  readonly end: ProcessEnd | null;
  /** What it wrote to stderr. */
  readonly log: string;

  constructor(approach: string, end: ProcessEnd | null, log: string, cause: unknown) {
    super(`${approach} did not start: ${log.trim()}`, { cause });
    this.end = end;
    this.log = log;
  }
}

/** Starts a service on a free port and waits until it is healthy.
 * @throws StartError with what the service said when it ends before */
export async function startService(options: {
  /** Path of the program; the lab's own service unless a control is asked for. */
  readonly main?: string;
  /** How many times it serves, each on a port that it finds among its arguments; without, once, on PORT. */
  readonly threads?: number;
  /** The command that runs it: Node, alone or with what goes before and after it. */
  readonly runner?: readonly string[];
  readonly approach: string;
  /** Path of the approach's file, for one that is not of the lab's own table. */
  readonly approachFile?: string | undefined;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
  /** Other variables of its environment, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly cpus?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<NativeService> {
  const {
    main = MAIN,
    threads,
    runner = [process.execPath],
    approach,
    approachFile = "",
    dataDir,
    databaseUrl,
    settings = {},
    cpus,
    signal,
  } = options;
  const ports = await Promise.all(Array.from({ length: threads ?? 1 }, findFreePort));
  const [port] = ports as [number];
  const env = {
    ...process.env,
    // A record says which level was asked for, so it is not to be whatever the caller's environment has.
    DURABILITY: "lesson",
    ...settings,
    APPROACH: approach,
    // The others' files, which the command may have been given, would be in the memory of this one.
    APPROACHES_PATH: approachFile,
    HOST,
    PORT: String(port),
    DATA_DIR: dataDir,
  };
  const startedMs = performance.now();
  const [program = "", ...args] = [...runner, main, ...(threads === undefined ? [] : ports.map(String))];
  const child = startChild(program, args, {
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
    for (const one of ports) await waitUntilHealthy(`http://${HOST}:${one}`, isRunning, signal);
  } catch (error) {
    const end = readEnd(child);
    await stopChild(child);
    signal?.throwIfAborted();
    throw new StartError(approach, end, log, error);
  }
  return {
    host: HOST,
    port,
    ports,
    pid: child.pid as number,
    startupMs: performance.now() - startedMs,
    isRunning,
    readLog: () => log,
    readEnd: () => readEnd(child),
    readUsage: () => readUsage(base),
    readInfo: () => readInfo(base),
    kill: () => stopChild(child, "SIGKILL"),
    [Symbol.asyncDispose]: () => stopChild(child),
  };
}
