// Whether a service answers GET /health while it is attacked, and how soon.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Address } from "../targets/service-group.ts";

/** The containers' own health check waits so long. */
const HEALTH_LIMIT_MS = 5_000;
/** They give up after three failures in a row; one in ten is short of that. */
const FAILURES_ALLOWED = 0.1;

export interface HealthFindings {
  readonly asked: number;
  /** Not answered 200 in time. */
  readonly failed: number;
  readonly slowestMs: number;
}

export interface HealthWatch extends AsyncDisposable {
  /** Ends it and tells what it found. */
  readonly end: () => Promise<HealthFindings>;
}

export async function watchHealth({ host, port }: Address): Promise<HealthWatch> {
  const workerData = { url: `http://${host}:${port}/health`, limitMs: HEALTH_LIMIT_MS };
  const worker = new Worker(new URL("./health-worker.ts", import.meta.url), { workerData });
  await once(worker, "online");
  return {
    async end() {
      worker.postMessage("end");
      const [found] = (await once(worker, "message")) as [HealthFindings];
      return found;
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

export function listUnhealthy({ asked, failed }: HealthFindings): string[] {
  return failed > asked * FAILURES_ALLOWED ? [`/health failed ${failed} of ${asked} times`] : [];
}
