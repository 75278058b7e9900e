// Closed load in k6: a fixed number of virtual users, each of which asks again as soon as it is answered.
// The settings come from the environment; lab/load/k6.ts sets them, and they have no defaults here.

import http from "k6/http";
import { Counter } from "k6/metrics";
import { startRandom } from "./random.ts";
import { type PreparedRequest, prepareRequest } from "./requests.ts";
import { type WorkloadName, workloads } from "./workloads.ts";

/** Computing a key costs k6's engine 15 to 30 µs, so each virtual user draws its requests before the load starts. */
const REQUESTS_PER_VU = 1_000;
/** Reading a body costs k6 more than the request: one in so many is checked; every status is. A prime, so that the
 * checks come round to every prepared request. */
const REQUESTS_PER_BODY_CHECK = 101;
/** How long a request may be cut off after the wait limit; k6's own timeout comes first. */
const GRACE_MS = 5_000;
/** k6's code for a request that outlasted its timeout. */
const TIMEOUT_ERROR_CODE = 1050;

const wrongStatus = new Counter("lab_wrong_status");
const wrongBody = new Counter("lab_wrong_body");
const unfinished = new Counter("lab_unfinished");

function setting(name: string): string {
  const value = __ENV[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** k6's options for the closed load of the environment. */
export function closedOptions() {
  const waitLimitMs = Number(setting("WAIT_LIMIT_MS"));
  return {
    scenarios: {
      closed: {
        executor: "constant-vus",
        vus: Number(setting("CONNECTIONS")),
        duration: `${setting("DURATION_MS")}ms`,
        gracefulStop: `${waitLimitMs + GRACE_MS}ms`,
      },
    },
    discardResponseBodies: true,
    // No url among the tags: every id would make a series of its own.
    systemTags: ["status", "error_code", "scenario"],
    summaryTrendStats: ["avg", "med", "p(90)", "p(99)", "p(99.9)", "max", "count"],
  };
}

/** Returns what one virtual user does again and again. Call it in the init context. */
export function prepareRequests(name: WorkloadName): () => void {
  const base = setting("BASE_URL");
  const size = Number(setting("SIZE"));
  const dataSeed = Number(setting("DATA_SEED"));
  const storesUsers = setting("STORES_USERS") === "true";
  // __VU is 0 while k6 only reads the options.
  const random = startRandom(Number(setting("SEED")) + Math.imul(__VU, 0x9e3779b1));
  const { next } = workloads[name];
  const count = __VU === 0 ? 0 : REQUESTS_PER_VU;
  const requests = Array.from({ length: count }, () =>
    prepareRequest(next(random, size), { dataSeed, storesUsers }),
  );
  const timeout = `${setting("WAIT_LIMIT_MS")}ms`;
  const headers = { "Content-Type": "application/json" };
  const plain = { timeout, headers };
  const checked = { timeout, headers, responseType: "text" as const };

  let iteration = 0;
  return () => {
    const request = requests[iteration % REQUESTS_PER_VU] as PreparedRequest;
    const checksBody = iteration % REQUESTS_PER_BODY_CHECK === 0;
    iteration++;
    const response = http.request(
      request.method,
      base + request.path,
      request.body,
      checksBody ? checked : plain,
    );
    if (response.error_code === TIMEOUT_ERROR_CODE) unfinished.add(1);
    else if (response.status !== request.status) wrongStatus.add(1);
    else if (checksBody && !request.isRightBody(response.body as string)) wrongBody.add(1);
  };
}

/** Runs once, when all virtual users are ready and none has started: tells whoever reads the log. */
export function setup(): void {
  console.log("lab: measuring");
}

/** Writes k6's own summary to the file that the environment names. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [setting("SUMMARY_FILE")]: JSON.stringify(data) };
}
