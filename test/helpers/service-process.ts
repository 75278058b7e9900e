// services/main.ts as a process, with exactly the environment that a test gives it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../services/main.ts", import.meta.url));
/** Far more than any of it takes: a test that waits so long fails. */
const PATIENCE_MS = 15_000;

export interface ServiceProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** What it has written to stderr. */
  readonly stderr: () => string;
  /** Waits until it says that it listens; returns its address. */
  readonly listening: () => Promise<string>;
  /** Waits for its end; returns exit code and signal. */
  readonly ended: () => Promise<readonly [number | null, NodeJS.Signals | null]>;
}

/** Starts a service, or another program that prints as it does. PORT is 0, any free one, unless another is given. */
export function startServiceProcess(
  env: Record<string, string>,
  options: {
    readonly cwd?: string;
    readonly program?: readonly string[];
    /** Another program that runs it, with its arguments. */
    readonly under?: readonly string[];
    /** How many descriptors it may have open, where they are to be few. */
    readonly openFiles?: number;
  } = {},
): ServiceProcess {
  const { cwd, program = [MAIN], under = [], openFiles } = options;
  const command = [...under, process.execPath, ...program];
  const limited = ["sh", "-c", `ulimit -n ${openFiles}; exec "$0" "$@"`, ...command];
  const [file, ...args] = (openFiles === undefined ? command : limited) as [string, ...string[]];
  const child = spawn(file, args, {
    env: { PORT: "0", ...env },
    stdio: ["ignore", "ignore", "pipe"],
    cwd,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    stderr: () => stderr,
    async listening() {
      await waitFor(() => hasEnded() || /listening on /.test(stderr));
      const address = /listening on (http:\S+)/.exec(stderr)?.[1];
      if (address === undefined) throw new Error(`it did not listen: ${stderr}`);
      return address;
    },
    async ended() {
      await waitFor(hasEnded);
      return closed;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

/** Waits for a condition. @throws Error when it does not come about */
export async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > untilMs) throw new Error(`waited ${PATIENCE_MS} ms for ${condition}`);
    await sleep(10);
  }
}
