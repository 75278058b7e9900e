// What k6 does: the load of the environment, closed or open. lab/load/k6.ts sets the environment; there are no defaults
// here.
//
// Closed: a fixed number of virtual users, each of which asks again as soon as it is answered. Open: requests begin at a
// constant rate, whether others have been answered or not, each by a virtual user that is free; where none is, k6 drops
// the request and counts it. The virtual users open their connections before the first request is due: in the window
// that would be work of the service that no steady load asks for.

import { SharedArray } from "k6/data";
import exec from "k6/execution";
import http from "k6/http";
import { Counter, Gauge, Trend } from "k6/metrics";
import type { Answers } from "./answers.ts";
import { type Arrivals, dueMs, planArrivals } from "./arrivals.ts";
import { startRandom } from "./random.ts";
import { type DataOptions, findAnswers, type PreparedRequest, prepareRequest } from "./requests.ts";
import { type WorkloadName, workloads } from "./workloads.ts";

/** Computing a key costs k6's engine 15 to 30 µs, so each virtual user draws its requests before the load starts: at most
 * so many, which it asks again and again. */
const MAX_REQUESTS_PER_VU = 1_000;
/** Reading a body costs k6 more than the request: one in so many is checked; every status is. A prime, so that the
 * checks come round to every prepared request. */
const REQUESTS_PER_BODY_CHECK = 101;
/** How long a request may be cut off after the wait limit; k6's own timeout comes first. */
const GRACE_MS = 5_000;
/** k6's code for a request that outlasted its timeout. */
const TIMEOUT_ERROR_CODE = 1050;
/** k6 refuses a scenario that is shorter. */
const MIN_SCENARIO_MS = 1_000;

const wrongStatus = new Counter("lab_wrong_status");
const wrongBody = new Counter("lab_wrong_body");
const unfinished = new Counter("lab_unfinished");
/** Of an open load, in milliseconds: from the time a request was due to the last byte of its answer; from then to its
 * begin; and when the last answer came, after the start. */
const latency = new Trend("lab_latency", true);
const lateness = new Trend("lab_lateness", true);
const answered = new Gauge("lab_answered", true);

function setting(name: string): string {
  const value = __ENV[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const vus = Number(setting("VUS"));
const durationMs = Number(setting("DURATION_MS"));
const waitLimitMs = Number(setting("WAIT_LIMIT_MS"));
const base = setting("BASE_URL");
const arrivals =
  __ENV.REQUESTS_PER_SECOND === undefined
    ? null
    : planArrivals(Number(__ENV.REQUESTS_PER_SECOND), durationMs);

const gracefulStop = `${waitLimitMs + GRACE_MS}ms`;

/** k6's options for the load of the environment. */
export function loadOptions() {
  return {
    scenarios: arrivals === null ? closedScenario() : openScenarios(arrivals),
    discardResponseBodies: true,
    // No url among the tags: every id would make a series of its own.
    systemTags: ["status", "error_code", "scenario"],
    summaryTrendStats: ["avg", "med", "p(90)", "p(99)", "p(99.9)", "max", "count"],
  };
}

function closedScenario() {
  return { closed: { executor: "constant-vus", vus, duration: `${durationMs}ms`, gracefulStop } };
}

function openScenarios(arrivals: Arrivals) {
  const startTime = `${setting("OPEN_AFTER_MS")}ms`;
  const { periodNs } = arrivals;
  return {
    connect: {
      executor: "per-vu-iterations",
      exec: "connect",
      vus,
      iterations: 1,
      maxDuration: `${setting("CONNECT_MS")}ms`,
      gracefulStop: "0s",
    },
    open: {
      executor: "constant-arrival-rate",
      rate: 1,
      timeUnit: `${periodNs}ns`,
      startTime,
      duration: `${scenarioMs(arrivals)}ms`,
      preAllocatedVUs: vus,
      maxVUs: vus,
      gracefulStop,
    },
  };
}

/** Half a period after the last request is due, so that none more is. */
function scenarioMs(arrivals: Arrivals): number {
  return Math.max(MIN_SCENARIO_MS, dueMs(arrivals, arrivals.count - 0.5));
}

/** Returns what one virtual user does again and again. Call it in the init context. */
export function prepareRequests(name: WorkloadName): () => void {
  const requests = drawRequests(name);
  const timeout = `${waitLimitMs}ms`;
  const headers = { "Content-Type": "application/json" };
  const plain = { timeout, headers };
  const checked = { timeout, headers, responseType: "text" as const };
  const observe = arrivals === null ? () => () => {} : observeArrivals(arrivals);

  let iteration = 0;
  return () => {
    const observeAnswer = observe();
    const request = requests[iteration % requests.length] as PreparedRequest;
    const checksBody = iteration % REQUESTS_PER_BODY_CHECK === 0;
    iteration++;
    const response = http.request(
      request.method,
      base + request.path,
      request.body,
      checksBody ? checked : plain,
    );
    observeAnswer(response.timings.duration);
    if (response.error_code === TIMEOUT_ERROR_CODE) unfinished.add(1);
    else if (response.status !== request.status) wrongStatus.add(1);
    else if (checksBody && !request.isRightBody(response.body as string)) wrongBody.add(1);
  };
}

function drawRequests(name: WorkloadName): PreparedRequest[] {
  const size = Number(setting("SIZE"));
  const dataSeed = Number(setting("DATA_SEED"));
  // Computed once for all virtual users, each of which has a JavaScript world of its own.
  const [answers] = new SharedArray<Answers>("answers", () =>
    [findAnswers(name, dataSeed, size)].filter((computed) => computed !== undefined),
  );
  const userAt = readUsers();
  // __VU is 0 while k6 only reads the options.
  if (__VU === 0) return [];
  const data = { dataSeed, storesUsers: setting("STORES_USERS") === "true", answers, userAt };
  const random = startRandom(Number(setting("SEED")) + Math.imul(__VU, 0x9e3779b1));
  const { next } = workloads[name];
  // The virtual users of an open load take turns; some get a few more than their part.
  const turns = arrivals === null ? MAX_REQUESTS_PER_VU : Math.ceil((2 * arrivals.count) / vus);
  const length = Math.min(MAX_REQUESTS_PER_VU, turns);
  return Array.from({ length }, () => prepareRequest(next(random, size), data));
}

/** Reads the users that are not those of the seed, once for all virtual users: each of them has the lines, and parses those
 * that it asks for. Indexes beyond the last begin with the first again. */
function readUsers(): DataOptions["userAt"] {
  const file = __ENV.USERS_FILE;
  if (file === undefined) return undefined;
  const lines = new SharedArray("users", () => open(file).trimEnd().split("\n"));
  return (index) => JSON.parse(lines[index % lines.length] as string);
}

/** Returns what is called when a request begins, and returns what is called with the time that its answer took. k6 tells
 * the time since the start of a scenario as a part of its duration, and exactly; its dates are whole milliseconds. The
 * first request is number 0, and a dropped one has no number: after a drop latencies are too high. */
function observeArrivals(arrivals: Arrivals): () => (answerMs: number) => void {
  const lastsMs = scenarioMs(arrivals);
  return () => {
    const begunMs = exec.scenario.progress * lastsMs;
    const lateMs = begunMs - dueMs(arrivals, exec.scenario.iterationInTest);
    return (answerMs) => {
      lateness.add(lateMs);
      latency.add(lateMs + answerMs);
      answered.add(begunMs + answerMs);
    };
  };
}

/** What each virtual user of an open load does before: opens its connection, by asking for nothing that is measured. */
export function connect(): void {
  http.get(`${base}/health`);
}

/** Runs once, when all virtual users are ready and none has started: tells whoever reads the log. */
export function setup(): void {
  console.log("lab: ready");
}

/** Writes k6's own summary to the file that the environment names. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [setting("SUMMARY_FILE")]: JSON.stringify(data) };
}
