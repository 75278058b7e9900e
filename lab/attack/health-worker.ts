// The thread of watching.ts: who attacks is busy, and would take its own lateness for the service's.
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

const INTERVAL_MS = 250;
const { url, limitMs } = workerData as { readonly url: string; readonly limitMs: number };

let isEnding = false;
parentPort?.once("message", () => {
  isEnding = true;
});
let [asked, failed, slowestMs] = [0, 0, 0];
while (!isEnding) {
  const startMs = performance.now();
  // A connection of its own, as a check from outside has.
  const response = await fetch(url, {
    signal: AbortSignal.timeout(limitMs),
    headers: { connection: "close" },
  }).catch(() => null);
  await response?.body?.cancel();
  asked++;
  if (response?.status !== 200) failed++;
  slowestMs = Math.max(slowestMs, performance.now() - startMs);
  await sleep(INTERVAL_MS);
}
parentPort?.postMessage({ asked, failed, slowestMs });
