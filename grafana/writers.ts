// Concurrent writers: the two processes of each approach, side by side, while somebody writes to them.
import { buildPage } from "./page.ts";
import { approachPrefixOverrides } from "./paint.ts";
import { lines } from "./panels.ts";
import * as ask from "./queries.ts";
import type { Series } from "./targets.ts";

/** Both processes of an approach: docker-compose.yml's, with the profile `writers`. */
const BOTH = `job=~"services|second-services"`;
const USERS = `${BOTH}, route=~"/users.*"`;
const WRITES = `${USERS}, method="POST"`;
const READS = `${BOTH}, method="GET", route="/users/:id"`;
const REQUESTS = "http_request_duration_seconds_count";
const BY_PROCESS = "approach, process";

/** The colour is the approach's; the second process is dashed. */
const overrides = [
  ...approachPrefixOverrides,
  {
    matcher: { id: "byRegexp", options: "/ process 2/" },
    properties: [{ id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } }],
  },
];
const byProcess = (expr: string): Series[] => [{ expr, legend: "{{approach}} process {{process}}" }];

const throughput = [
  lines(
    {
      title: "Writes of each process",
      description:
        "POSTs answered per second, whatever the answer; the second process is dashed. Two on one lock share what one alone would do.",
      unit: "reqps",
    },
    byProcess(ask.rateOf(REQUESTS, WRITES, BY_PROCESS)),
    { isLog: true, overrides },
  ),
  lines(
    {
      title: "Writes of both together",
      description:
        "Users' POSTs that were answered 201. Compare with one process under as many connections: more means that they do not wait for each other.",
      unit: "reqps",
    },
    [
      {
        expr: ask.rateOf(REQUESTS, `${WRITES}, status="201"`),
        legend: "{{approach}}",
      },
    ],
    { isLog: true },
  ),
];

const latency = Object.entries({ p50: 0.5, p99: 0.99 }).map(([name, quantile]) =>
  lines(
    {
      title: `${name} of a write`,
      description: `From the parsed request to its answer, estimated within the service's buckets. Look for a second process that waits longer than the first: locks are not fair.`,
      unit: "s",
    },
    byProcess(ask.serviceLatency(quantile, WRITES, BY_PROCESS)),
    { isLog: true, overrides },
  ),
);

const errors = [
  lines(
    {
      title: "Answers that are no success",
      description:
        "By approach, process and status; a line without a status is 0. 503 is a lock or a server that was away; 404 on a read is a user whom this process does not know (yet).",
      unit: "reqps",
      noValue: "none",
    },
    [
      {
        expr: `${ask.rateOf(REQUESTS, `${USERS}, status=~"[45].."`, `${BY_PROCESS}, status`)} or 0 * ${ask.rateOf(REQUESTS, USERS, BY_PROCESS)}`,
        legend: "{{approach}} process {{process}} {{status}}",
      },
    ],
    { overrides },
  ),
  lines(
    {
      title: "SQLITE_BUSY",
      description:
        "Requests that gave up waiting for the other process's lock, per second. None with a busy timeout that is long enough; without one, as often as two writes meet.",
      unit: "reqps",
      noValue: "none",
    },
    byProcess(ask.rateOf("sqlite_busy_total", BOTH, BY_PROCESS)),
    { overrides },
  ),
];

const across = [
  lines(
    {
      title: "Reads of each process, found and not found",
      description:
        "While somebody asks one process for what the other has stored: 404 that stays is a process that will never see it; 404 that goes is one that was late.",
      unit: "reqps",
    },
    [
      {
        expr: ask.rateOf(REQUESTS, READS, `${BY_PROCESS}, status`),
        legend: "{{approach}} process {{process}} {{status}}",
      },
    ],
    { overrides },
  ),
  lines(
    {
      title: "CPU of each process",
      description:
        "Parts of one core. A writer that waits for a lock uses none; one that scans or parses what the other has written uses more.",
      unit: "percentunit",
    },
    byProcess(ask.rateOf("process_cpu_seconds_total", BOTH, BY_PROCESS)),
    { overrides },
  ),
  lines(
    {
      title: "Event-loop lag, p99",
      description:
        "How late timers fire; about 10 ms is none. A wait for SQLite's lock stops the whole process for as long as its busy timeout.",
      unit: "s",
    },
    byProcess(`max by (${BY_PROCESS}) (nodejs_eventloop_lag_p99_seconds{${BOTH}})`),
    { overrides },
  ),
];

/** Builds the page. */
export function buildWriters() {
  return buildPage({
    uid: "lab-writers",
    description: "Two processes on one store: what they write together, what it costs, and what is refused.",
    variables: [],
    markedTrials: `workload=~".+"`,
    sections: [
      { title: "Throughput", lines: [{ height: 9, panels: throughput }] },
      { title: "Latency", lines: [{ height: 9, panels: latency }] },
      { title: "Errors", lines: [{ height: 8, panels: errors }] },
      { title: "Reads, and what it costs", lines: [{ height: 8, panels: across }] },
    ],
  });
}
