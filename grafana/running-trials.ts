// The approaches side by side: while their trials run.
import { lines } from "./panels.ts";
import * as ask from "./queries.ts";
import { byApproach } from "./targets.ts";

/** A latency as the load generator and as the service saw it. */
function latency(name: string, quantile: number) {
  return {
    generator: lines(
      {
        title: `${name}, from the load generator`,
        description: `What a user waits, with the network and the queue before the service. ${name} of the last seconds; the scale is logarithmic.`,
        unit: "s",
      },
      byApproach(ask.generatorLatency(quantile, ask.CHOSEN)),
      { isLog: true },
    ),
    service: lines(
      {
        title: `${name}, from the service`,
        description: `From the parsed request to its answer, estimated within the service's buckets; in the first it is a guess. Far below the load generator's: requests wait before the service sees them.`,
        unit: "s",
      },
      byApproach(ask.whileMeasured(ask.serviceLatency(quantile, ask.USERS))),
      { isLog: true },
    ),
  };
}
/** Latencies of the approaches. */
export const latencies = [latency("p50", 0.5), latency("p90", 0.9), latency("p99", 0.99)];

/** How much is answered, and at what cost. */
export const overTime = [
  lines(
    {
      title: "Throughput, from the load generator",
      description:
        "Requests that k6 finished per second; empty with the builtin generator. A level that several approaches share is the generator's own.",
      unit: "reqps",
    },
    byApproach(ask.rateOf("k6_http_reqs_total", ask.CHOSEN)),
    { isLog: true },
  ),
  lines(
    {
      title: "Throughput, from the service",
      description:
        "Requests for users that the service answered per second. It must agree with the load generator.",
      unit: "reqps",
    },
    byApproach(ask.whileMeasured(ask.rateOf("http_request_duration_seconds_count", ask.USERS))),
    { isLog: true },
  ),
  lines(
    {
      title: "CPU per request of the service",
      description:
        "Lower is better, whatever the throughput. Without the database: an approach that has one works in two processes.",
      unit: "s",
    },
    byApproach(ask.whileMeasured(ask.liveCpuPerRequest(`job="services"`))),
    { isLog: true },
  ),
];

const wrong = ["k6_lab_wrong_status_total", "k6_lab_wrong_body_total", "k6_lab_unfinished_total"];
/** What else may be wrong. */
export const health = [
  lines(
    {
      title: "Errors",
      description:
        "Wrong statuses, wrong bodies and unfinished requests in the running trial, counted by k6. Anything above 0 makes the trial's figures worthless.",
      unit: "short",
    },
    byApproach(wrong.map((counter) => ask.countOrZero(counter, ask.CHOSEN)).join(" + ")),
  ),
  lines(
    {
      title: "CPU of the service",
      description: "Parts of one core. A service well below 1 was not the limit: something else was.",
      unit: "percentunit",
    },
    byApproach(ask.whileMeasured(ask.rateOf("process_cpu_seconds_total", `job="services"`))),
  ),
  lines(
    {
      title: "Memory of the service",
      description: "Resident memory. Look for what grows with the number of users.",
      unit: "bytes",
    },
    byApproach(ask.whileMeasured(`sum by (approach) (process_resident_memory_bytes{job="services"})`)),
  ),
  lines(
    {
      title: "Event-loop lag, p99",
      description:
        "How late timers fire. The timer that measures it fires every 10 ms, so about 10 ms is none; more means that one request kept all others waiting.",
      unit: "s",
    },
    byApproach(ask.whileMeasured(`max by (approach) (nodejs_eventloop_lag_p99_seconds{job="services"})`)),
  ),
];
