// The connections of a closed load, and the phases that they go through: warm-up and measured window.
import { startRandom } from "../../k6/lib/random.ts";
import { type PreparedRequest, prepareRequest } from "../../k6/lib/requests.ts";
import { workloads } from "../../k6/lib/workloads.ts";
import type { LoadOutcome } from "./closed-load.ts";
import type { Load } from "./generator.ts";
import { type HttpConnection, openConnection } from "./http-connection.ts";
import { buildLatencies } from "./latencies.ts";
import { formatRequest } from "./wire.ts";

const AGE_CHECK_MS = 250;

/** A connection and the request that is on its way over it. */
interface Lane {
  connection: HttpConnection | null;
  request: PreparedRequest | null;
  startedMs: number;
}

/** Opens all connections. @throws Error when one is refused */
export async function openSession(load: Load) {
  const { host, port, size } = load;
  const random = startRandom(load.seed);
  const { next } = workloads[load.workload];
  const authority = `${host}:${port}`;

  let phase = startPhase(0);
  let endPhase = () => {};
  const lanes: Lane[] = [];
  const idle: Lane[] = [];

  function ask(lane: Lane): void {
    const request = prepareRequest(next(random, size), load);
    const bytes = formatRequest(request, authority);
    lane.request = request;
    phase.inFlight++;
    lane.startedMs = performance.now();
    lane.connection?.send(bytes);
  }

  function receive(lane: Lane, status: number, body: string): void {
    const nowMs = performance.now();
    const { request } = lane;
    if (request === null) return;
    lane.request = null;
    phase.inFlight--;
    const wrong = findFault(request, status, body);
    if (wrong === null) {
      phase.requests++;
      phase.latencies.recordValue(Math.round((nowMs - lane.startedMs) * 1000));
    } else {
      countError(phase.errors, wrong);
    }
    if (nowMs < phase.untilMs) {
      ask(lane);
      const another = idle.pop();
      if (another) ask(another);
    } else {
      idle.push(lane);
      if (phase.inFlight === 0) endPhase();
    }
  }

  function lose(lane: Lane, error: Error): void {
    lane.connection = null;
    countError(phase.errors, error.message);
    if (idle.includes(lane)) idle.splice(idle.indexOf(lane), 1);
    if (lane.request === null) return;
    lane.request = null;
    phase.inFlight--;
    if (phase.inFlight === 0) endPhase();
  }

  function giveUp(lane: Lane, ageMs: number): void {
    lane.connection?.close();
    lane.connection = null;
    lane.request = null;
    phase.unfinished++;
    phase.latencies.recordValue(Math.round(ageMs * 1000));
    phase.inFlight--;
    if (phase.inFlight === 0) endPhase();
  }

  const openings = await Promise.allSettled(
    Array.from({ length: load.connections }, async () => {
      const lane: Lane = { connection: null, request: null, startedMs: 0 };
      lanes.push(lane);
      idle.push(lane);
      lane.connection = await openConnection({
        host,
        port,
        onAnswer: (status, body) => receive(lane, status, body),
        onFailure: (error) => lose(lane, error),
      });
    }),
  );
  const refused = openings.find((opening) => opening.status === "rejected");
  if (refused) {
    for (const lane of lanes) lane.connection?.close();
    throw refused.reason;
  }

  const ageCheck = setInterval(() => {
    const nowMs = performance.now();
    for (const lane of lanes) {
      const ageMs = nowMs - lane.startedMs;
      if (lane.request !== null && ageMs >= load.waitLimitMs) giveUp(lane, ageMs);
    }
  }, AGE_CHECK_MS);

  async function run(options: { durationMs: number; lanesAtStart: number }): Promise<LoadOutcome> {
    const lost = lanes.filter((lane) => lane.connection === null).length;
    if (lost > 0) {
      const reasons = Object.keys(phase.errors).join(", ") || "not answered within the wait limit";
      throw new Error(`${lost} of ${lanes.length} connections were lost before the window: ${reasons}`);
    }
    const startMs = performance.now();
    phase = startPhase(startMs + options.durationMs);
    const ended = new Promise<void>((resolve) => {
      endPhase = resolve;
    });
    for (const lane of idle.splice(0, options.lanesAtStart)) ask(lane);
    if (phase.inFlight > 0) await ended;
    const { requests, errors, unfinished, latencies } = phase;
    return { requests, errors, unfinished, latencies, windowMs: performance.now() - startMs };
  }

  function close(): void {
    clearInterval(ageCheck);
    for (const lane of lanes) lane.connection?.close();
  }

  return { run, close, requests: () => phase.requests };
}

function startPhase(untilMs: number) {
  return {
    untilMs,
    inFlight: 0,
    requests: 0,
    unfinished: 0,
    errors: {} as Record<string, number>,
    latencies: buildLatencies(),
  };
}

/** Returns what is wrong with an answer, or null. */
function findFault(request: PreparedRequest, status: number, body: string): string | null {
  if (status !== request.status) return `status ${status}`;
  return request.isRightBody(body) ? null : "wrong body";
}

function countError(errors: Record<string, number>, what: string): void {
  errors[what] = (errors[what] ?? 0) + 1;
}
