// Killing a process with all that descend from it.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { signalTree } from "../targets/signal-tree.ts";

const POLL_MS = 5;
const LIMIT_MS = 5_000;

/** Kills a process and its descendants (SIGKILL), the first first, so that it starts no others; waits until all are gone. */
export async function killTree(pid: number): Promise<void> {
  const pids = signalTree(pid, "SIGKILL");
  const untilMs = performance.now() + LIMIT_MS;
  // The first is a child of ours, which somebody else waits for; the others are nobody's.
  while (pids.slice(1).some((one) => existsSync(`/proc/${one}`)) && performance.now() < untilMs)
    await sleep(POLL_MS);
}
