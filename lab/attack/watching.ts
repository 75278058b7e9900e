// Whether a service answers GET /health while it is attacked, and how soon.
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../targets/service-group.ts";

const INTERVAL_MS = 250;
/** The containers' own health check waits for 5 s. */
export const HEALTH_LIMIT_MS = 5_000;

export interface HealthWatch {
  /** Ends it. Returns how often it was asked, how often it did not answer 200 in time, and the longest wait. */
  readonly end: () => Promise<{
    readonly asked: number;
    readonly failed: number;
    readonly slowestMs: number;
  }>;
}

export function watchHealth({ host, port }: Address): HealthWatch {
  let isEnding = false;
  let [asked, failed, slowestMs] = [0, 0, 0];
  const watching = (async () => {
    while (!isEnding) {
      const startMs = performance.now();
      const response = await fetch(`http://${host}:${port}/health`, {
        signal: AbortSignal.timeout(HEALTH_LIMIT_MS),
      }).catch(() => null);
      await response?.body?.cancel();
      asked++;
      if (response?.status !== 200) failed++;
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      await sleep(INTERVAL_MS);
    }
  })();
  return {
    async end() {
      isEnding = true;
      await watching;
      return { asked, failed, slowestMs };
    },
  };
}
