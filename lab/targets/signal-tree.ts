import { listDescendants } from "./process-cpu.ts";

/** Sends a signal to a process and to all that descend from it, the first first, so that it starts no others meanwhile.
 * @returns all that there were */
export function signalTree(pid: number, signal: NodeJS.Signals): readonly number[] {
  const pids = [pid, ...listDescendants(pid)];
  for (const one of pids) {
    try {
      process.kill(one, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  return pids;
}
