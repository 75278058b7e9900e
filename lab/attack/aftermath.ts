// What every service must do after an attack, whatever it was: be the same process, answer rightly soon, give back what it
// took, keep what it acknowledged, and have said nothing that it should not.
import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedRequest } from "../../k6/lib/requests.ts";
import { MAX_PIPELINED } from "../../services/http/limits.ts";
import { openPipe } from "./pipe.ts";
import { startTally } from "./tally.ts";
import type { Target } from "./target.ts";

/** Recovery "within seconds". A service that was under ten times its load may still have a queue. */
const RECOVERY_LIMIT_MS = 10_000;
const RELEASE_LIMIT_MS = 15_000;
/** Beyond what the process had before: what limits.ts lets it hold, and what V8 leaves for later. */
const MEMORY_LIMIT_BYTES = 2 ** 30;
/** A file that is open for a moment, a connection of a pool, the one that asks for the metrics. */
const FEW_DESCRIPTORS = 12;
const POLL_MS = 50;

export interface Aftermath {
  readonly wrong: readonly string[];
  readonly figures: {
    /** From the attack's end to a healthy and right answer. */
    readonly recoveryMs: number;
    readonly descriptorsBefore: number;
    readonly descriptorsAfter: number;
    readonly memoryBeforeBytes: number;
    readonly memoryPeakBytes: number;
    readonly lost: number;
  };
}

/** Notes what there is before an attack. Returns how to look at what there is after it.
 * @param acknowledged ids of the users that the attack was told were stored */
export function beginAftermath(target: Target) {
  const descriptorsBefore = target.countDescriptors();
  const memoryBeforeBytes = target.readMemoryBytes();
  return async (acknowledged: readonly string[]): Promise<Aftermath> => {
    const wrong: string[] = [];
    if (!target.service.isRunning()) return { wrong: ["the service ended"], figures: nothing };
    const recoveryMs = await waitFor(() => answersRightly(target), RECOVERY_LIMIT_MS);
    if (recoveryMs === null) wrong.push(`no right answer within ${RECOVERY_LIMIT_MS / 1000} s`);
    const allowed = descriptorsBefore + FEW_DESCRIPTORS;
    await waitFor(() => target.countDescriptors() <= allowed, RELEASE_LIMIT_MS);
    const descriptorsAfter = target.countDescriptors();
    if (descriptorsAfter > allowed)
      wrong.push(`${descriptorsAfter} descriptors open, ${descriptorsBefore} before`);
    const memoryPeakBytes = target.peakMemoryBytes();
    if (memoryPeakBytes > memoryBeforeBytes + MEMORY_LIMIT_BYTES)
      wrong.push(`${Math.round(memoryPeakBytes / 2 ** 20)} MiB of memory`);
    const isIdle = async () => (await readInFlight(target).catch(() => null)) === 0;
    if ((await waitFor(isIdle, RELEASE_LIMIT_MS)) === null) wrong.push("requests still in flight");
    const stored = await target.readStoredIds();
    const lost = stored === null ? 0 : acknowledged.filter((id) => !stored.has(id)).length;
    if (lost > 0) wrong.push(`${lost} acknowledged users lost`);
    const log = target.service.readLog();
    if (/^\s+at .+:\d+/m.test(log)) wrong.push("a stack in the log");
    return {
      wrong,
      figures: {
        recoveryMs: recoveryMs ?? -1,
        ...{ descriptorsBefore, descriptorsAfter, memoryBeforeBytes, memoryPeakBytes, lost },
      },
    };
  };
}

const nothing: Aftermath["figures"] = {
  recoveryMs: -1,
  descriptorsBefore: 0,
  descriptorsAfter: 0,
  memoryBeforeBytes: 0,
  memoryPeakBytes: 0,
  lost: 0,
};

async function answersRightly(target: Target): Promise<boolean> {
  const { host, port } = target.service;
  const health = await fetch(`http://${host}:${port}/health`, {
    signal: AbortSignal.timeout(RECOVERY_LIMIT_MS),
  }).catch(() => null);
  await health?.body?.cancel();
  if (health?.status !== 200) return false;
  const [request] = target.makeRequests(1) as [PreparedRequest];
  return (await ask(target, [request])) === 1;
}

/** Asks over one connection, as many at once as it may have waiting. Returns how many of the requests were answered rightly. */
export async function ask(target: Target, requests: readonly PreparedRequest[]): Promise<number> {
  const tally = startTally();
  const pipe = openPipe(target.service, tally);
  const isDone = () => pipe.waiting() === 0 || pipe.socket.destroyed;
  for (let first = 0; first < requests.length; first += MAX_PIPELINED) {
    pipe.ask(requests.slice(first, first + MAX_PIPELINED));
    await waitFor(isDone, RECOVERY_LIMIT_MS);
  }
  pipe.socket.destroy();
  await pipe.closed;
  return tally.right;
}

async function readInFlight(target: Target): Promise<number> {
  const { host, port } = target.service;
  const response = await fetch(`http://${host}:${port}/metrics`);
  return Number(/^http_requests_in_flight (\d+)$/m.exec(await response.text())?.[1]);
}

/** Waits until something is so. Returns how long it took; null when it did not come about. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<number | null> {
  const startMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startMs > limitMs) return null;
    await sleep(POLL_MS);
  }
  return performance.now() - startMs;
}
