// The connections of a load, what is on its way over them, and the check of every answer. When a request is sent is
// not decided here: closed-load.ts and open-load.ts do.
import { startRandom } from "../../k6/lib/random.ts";
import { findAnswers, type PreparedRequest, prepareRequest } from "../../k6/lib/requests.ts";
import { workloads } from "../../k6/lib/workloads.ts";
import type { Load } from "./generator.ts";
import { type HttpConnection, openConnection } from "./http-connection.ts";
import { readStoredUsers } from "./stored-users.ts";
import { countErrors, countUnfinished, listFaults, startTally, type Tally } from "./tally.ts";
import { formatRequest } from "./wire.ts";

const AGE_CHECK_MS = 250;

/** What a phase of the load is told. */
export interface LaneEvents {
  /** A connection is free: its request has been answered, or it was opened anew. */
  readonly onFree: (nowMs: number) => void;
  /** Nothing is in flight any more. */
  readonly onDrained: () => void;
}

export interface Lanes {
  /** Begins a phase: counts anew, and tells another. @throws Error like `check` */
  readonly begin: (events: LaneEvents) => Tally;
  /** @throws Error when something has gone wrong since the phase began */
  readonly check: () => void;
  /** Sends a request over a free connection. Returns false when there is none.
   * @param sinceMs from when its latency counts; from now on when absent */
  readonly ask: (sinceMs?: number) => boolean;
  readonly inFlight: () => number;
  /** Answered rightly since the phase began. */
  readonly requests: () => number;
  /** Whether there is a connection left, free or not. */
  readonly isAlive: () => boolean;
  readonly close: () => void;
}

/** A connection and the request that is on its way over it. */
interface Lane {
  connection: HttpConnection | null;
  request: PreparedRequest | null;
  sinceMs: number;
}

/** Opens all connections. @throws Error when one is refused */
export async function openLanes(load: Load): Promise<Lanes> {
  const { host, port, size } = load;
  const random = startRandom(load.seed);
  const { next } = workloads[load.workload];
  const authority = `${host}:${port}`;
  const data = {
    ...load,
    answers: findAnswers(load.workload, load.dataSeed, size),
    userAt: readStoredUsers(load.usersFile),
  };

  let tally = startTally();
  let events: LaneEvents = { onFree: () => {}, onDrained: () => {} };
  let inFlight = 0;
  let isClosed = false;
  const free: Lane[] = [];

  function ask(sinceMs?: number): boolean {
    const lane = free.pop();
    if (lane === undefined) return false;
    const request = prepareRequest(next(random, size), data);
    const bytes = formatRequest(request, authority);
    lane.request = request;
    inFlight++;
    lane.sinceMs = sinceMs ?? performance.now();
    lane.connection?.send(bytes);
    return true;
  }

  function receive(lane: Lane, status: number, body: string): void {
    const nowMs = performance.now();
    const { request } = lane;
    if (request === null) return;
    const wrong = findFault(request, status, body);
    if (wrong === null) {
      tally.requests++;
      tally.latencies.recordValue(Math.round((nowMs - lane.sinceMs) * 1000));
    } else {
      countErrors(tally, wrong);
    }
    lane.request = null;
    free.push(lane);
    events.onFree(nowMs);
    settle();
  }

  /** To be called when a lane is done with a request, and has perhaps begun another. */
  function settle(): void {
    inFlight--;
    if (inFlight === 0) events.onDrained();
  }

  function lose(lane: Lane, error: Error): void {
    lane.connection = null;
    countErrors(tally, error.message);
    if (free.includes(lane)) free.splice(free.indexOf(lane), 1);
    if (lane.request === null) return;
    lane.request = null;
    settle();
  }

  async function giveUp(lane: Lane, ageMs: number): Promise<void> {
    lane.connection?.close();
    lane.connection = null;
    lane.request = null;
    countUnfinished(tally, ageMs);
    // Its answer may still come, so the next request needs another connection.
    try {
      await open(lane);
      events.onFree(performance.now());
    } catch (error) {
      countErrors(tally, (error as Error).message);
    }
    settle();
  }

  async function open(lane: Lane): Promise<void> {
    const connection = await openConnection({
      host,
      port,
      onAnswer: (status, body) => receive(lane, status, body),
      onFailure: (error) => lose(lane, error),
    });
    lane.connection = connection;
    free.push(lane);
    if (isClosed) connection.close();
  }

  const lanes = Array.from({ length: load.connections }, () => ({
    connection: null,
    request: null,
    sinceMs: 0,
  })) as Lane[];
  const ageCheck = setInterval(() => {
    const nowMs = performance.now();
    for (const lane of lanes) {
      const ageMs = nowMs - lane.sinceMs;
      if (lane.request !== null && ageMs >= load.waitLimitMs) void giveUp(lane, ageMs);
    }
  }, AGE_CHECK_MS);

  function close(): void {
    isClosed = true;
    clearInterval(ageCheck);
    for (const lane of lanes) lane.connection?.close();
  }

  function check(): void {
    const faults = listFaults(tally);
    if (faults.length > 0) throw new Error(`before the window: ${faults.join(", ")}`);
  }

  const openings = await Promise.allSettled(lanes.map(open));
  const refused = openings.find((opening) => opening.status === "rejected");
  if (refused) {
    close();
    throw refused.reason;
  }
  return {
    begin(listener) {
      check();
      events = listener;
      tally = startTally();
      return tally;
    },
    check,
    ask,
    inFlight: () => inFlight,
    requests: () => tally.requests,
    isAlive: () => lanes.some(({ connection }) => connection !== null),
    close,
  };
}

/** Returns what is wrong with an answer, or null. */
function findFault(request: PreparedRequest, status: number, body: string): string | null {
  if (status !== request.status) return `status ${status}`;
  return request.isRightBody(body) ? null : "wrong body";
}
