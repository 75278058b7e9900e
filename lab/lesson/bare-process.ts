// Work that is measured in a process of its own, with nothing else in it.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startChild, stopChild } from "../targets/child.ts";

const RUNNER = fileURLToPath(new URL("./bare-runner.ts", import.meta.url));

/** A function that a module exports under its own name. Arguments and result pass through JSON. */
export type Job<Args, Result> = (args: Args) => Result | Promise<Result>;

/**
 * Calls an exported function in a fresh process.
 * @param module the URL of the module that exports it
 * @throws Error with what the process said when it ends without a result, and the signal's reason when it is stopped
 */
export async function callInProcess<Args, Result>(
  module: string,
  job: Job<Args, Result>,
  args: Args,
  { cpus, signal }: { readonly cpus: readonly number[]; readonly signal: AbortSignal },
): Promise<Result> {
  signal.throwIfAborted();
  const call = JSON.stringify({ module, name: job.name, args });
  const child = startChild(process.execPath, [RUNNER, call], {
    cpus,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  let answer: { readonly result: Result } | undefined;
  child.on("message", (message) => {
    answer = message as { result: Result };
  });
  // Work that never pauses hears no polite request.
  const stop = () => void stopChild(child, "SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  try {
    await once(child, "close");
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
  if (answer === undefined) throw new Error(`${job.name} ended early: ${log.trim()}`);
  return answer.result;
}
