// The builtin load generator: a process of our own. docs/decisions/0002-load-generator.md says why not one from npm.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startChild, stopChild } from "../targets/child.ts";
import type { Load, LoadGenerator, LoadReport, RunOptions } from "./generator.ts";

const RUNNER = fileURLToPath(new URL("./builtin-runner.ts", import.meta.url));

/** What the runner is told. */
export interface BuiltinOrder {
  readonly load: Load;
  /** A process whose CPU time is to be read along with the count of requests. Linux only. */
  readonly watch?: { readonly pid: number; readonly everyMs: number } | undefined;
}

/** What the runner answers. */
export interface BuiltinOutcome extends Omit<LoadReport, "raw"> {
  /** Requests answered and CPU time of the watched process so far: at equal distances in time, and at the end. */
  readonly samples: readonly { readonly requests: number; readonly cpuMicros: number }[];
}

/** Warms a service up for a generator that does not, or cannot see every body of its answers: over as many connections as
 * the builtin one, and by and by as it does.
 * @throws Error with what was wrong, when an answer was */
export async function warmUp(load: Load, options: RunOptions): Promise<void> {
  // The window is that of the caller: here there is none.
  const { requestsPerSecond: _, ...closed } = load;
  await withRunner({ load: closed }, options, [], async ({ receive }) => {
    await receive();
  });
}

/** Runs the load in a process of its own.
 * @param nodeArguments what Node is given before the program
 * @throws Error with what the process said when it ends early */
export async function runBuiltin(
  order: BuiltinOrder,
  options: RunOptions,
  nodeArguments: readonly string[] = [],
): Promise<BuiltinOutcome> {
  return await withRunner(order, options, nodeArguments, async ({ receive, send }) => {
    await receive();
    await options.beforeMeasuring();
    send("measure");
    return (await receive()) as BuiltinOutcome;
  });
}

interface Runner {
  /** Waits for the next message. Ends with an error when the process does. */
  readonly receive: () => Promise<unknown>;
  readonly send: (message: string) => void;
}

/** Starts the process, and ends it when the use is done. */
async function withRunner<Result>(
  order: BuiltinOrder,
  options: RunOptions,
  nodeArguments: readonly string[],
  use: (runner: Runner) => Promise<Result>,
): Promise<Result> {
  options.signal?.throwIfAborted();
  const child = startChild(process.execPath, [...nodeArguments, RUNNER, JSON.stringify(order)], {
    cpus: options.cpus,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const stop = () => void stopChild(child);
  options.signal?.addEventListener("abort", stop, { once: true });
  const ended = new AbortController();
  child.once("close", () => ended.abort());
  const receive = async () => {
    try {
      return (await once(child, "message", { signal: ended.signal }))[0];
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new Error(`the load generator ended early: ${log.trim()}`, { cause: error });
    }
  };
  try {
    return await use({ receive, send: (message) => child.send(message) });
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await stopChild(child);
  }
}

export const builtin: LoadGenerator = {
  name: "builtin",
  version: process.versions.node,
  minDurationMs: 1,
  usesManyCores: false,
  dropsUnfinished: false,
  canMake: () => true,
  countConnections: ({ connections }) => connections,
  async run(load, options) {
    const outcome = await runBuiltin({ load }, options);
    return { ...outcome, raw: `${JSON.stringify(outcome)}\n` };
  },
};
