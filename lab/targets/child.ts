// Child processes of the lab: on their own cores where the system allows it, and always stopped.
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

/** How long a child may take to end after a signal before it is killed. Services promise 10 s. */
const STOP_LIMIT_MS = 12_000;

const running = new Set<ChildProcess>();
let hasTaskset: boolean | undefined;

/** Whether a process can be bound to cores here (Linux, with taskset). */
export function canPin(): boolean {
  hasTaskset ??= process.platform === "linux" && runsCleanly("taskset", ["--version"]);
  return hasTaskset;
}

function runsCleanly(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a program, bound to some cores where that is possible.
 * A session of its own: Ctrl-C reaches the lab alone, which then stops its children in order.
 */
export function startChild(
  command: string,
  args: readonly string[],
  { cpus, ...options }: SpawnOptions & { readonly cpus?: readonly number[] | undefined },
): ChildProcess {
  const isPinned = cpus !== undefined && cpus.length > 0 && canPin();
  const [program, ...rest] = isPinned
    ? ["taskset", "-c", cpus.join(","), command, ...args]
    : [command, ...args];
  const child = spawn(program as string, rest, { detached: true, ...options });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Whether a child was started and has not ended. */
export function isChildRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** How a process ended: by a code of its own, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Returns how a child ended; null while it runs. */
export function readEnd(child: ChildProcess): ProcessEnd | null {
  return isChildRunning(child) ? null : { code: child.exitCode, signal: child.signalCode };
}

/** Asks a child to end, waits for it, and kills it when it does not, and whatever it has left behind. Resolves at once for
 * one that has ended. */
export async function stopChild(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (!isChildRunning(child)) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const killer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await ended;
  clearTimeout(killer);
  killGroup(child);
}

/** Kills what is still running, without waiting. For the end of the process, however it comes. */
function killChildren(): void {
  for (const child of running) killGroup(child);
}

/** A child leads a group, in which others may be: strace's tracer is one, and waits for ever for a service that was
 * stopped before it could be traced. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left, or nobody but those who are on their way out.
  }
}
process.once("exit", killChildren);
