// One approach in depth: everything that its service and the load generator say of it, whatever the run.
import { VariableSort } from "@grafana/grafana-foundation-sdk/dashboard";
import { heatmap } from "./heatmap.ts";
import { buildPage, labelVariable } from "./page.ts";
import { BAD, DOUBTFUL, GOOD, paint, SPREAD } from "./paint.ts";
import { lines } from "./panels.ts";
import { cpu, memory, SERVICE } from "./process.ts";
import * as ask from "./queries.ts";

const USERS = `${SERVICE}, route=~"/users.*"`;
const GENERATOR = `approach="$approach"`;
const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99 };
const spread = { isLog: true, overrides: paint(SPREAD) };

const latency = [
  heatmap(
    {
      title: "Latency, from the service",
      description:
        "Each column is a moment, each row a bucket of durations, brighter means more requests. Two bright bands are two kinds of request; a band that climbs is a queue.",
      unit: "short",
    },
    ask.rateOf("http_request_duration_seconds_bucket", USERS, "le"),
  ),
];
const percentiles = [
  lines(
    {
      title: "Percentiles, from the load generator",
      description:
        "What a user waits. p99 far above p50 means that a few requests wait for something that most do not. Empty with the builtin generator.",
      unit: "s",
    },
    Object.entries(PERCENTILES).map(([legend, quantile]) => ({
      legend,
      expr: ask.generatorLatency(quantile, GENERATOR),
    })),
    spread,
  ),
  lines(
    {
      title: "Percentiles, from the service",
      description:
        "The same without the way there and the queue before the service, estimated within its buckets. Compare with the load generator's.",
      unit: "s",
    },
    Object.entries(PERCENTILES).map(([legend, quantile]) => ({
      legend,
      expr: ask.serviceLatency(quantile, USERS),
    })),
    spread,
  ),
];

const answers = [
  lines(
    {
      title: "Answers by status",
      description:
        "404 is right where unknown ids are asked for, 201 where users are created. 5xx never is, but for writes to an approach that cannot write.",
      unit: "reqps",
    },
    [{ expr: ask.rateOf("http_request_duration_seconds_count", USERS, "status"), legend: "{{status}}" }],
    { overrides: paint({ "^2": GOOD, "^4": DOUBTFUL, "^5": BAD }) },
  ),
  lines(
    {
      title: "Requests by route",
      description: "What the service is asked, with the questions for its health and its metrics.",
      unit: "reqps",
    },
    [
      {
        expr: ask.rateOf("http_request_duration_seconds_count", SERVICE, "method, route"),
        legend: "{{method}} {{route}}",
      },
    ],
    { overrides: [] },
  ),
];

/** Builds the page. */
export function buildInDepth() {
  return buildPage({
    uid: "lab-in-depth",
    description: "Where one approach spends its time and memory.",
    variables: [labelVariable("approach", `up{job="services"}`, VariableSort.AlphabeticalAsc)],
    markedTrials: `approach="$approach"`,
    sections: [
      {
        title: "Latency",
        lines: [
          { height: 9, panels: latency },
          { height: 8, panels: percentiles },
        ],
      },
      { title: "Answers", lines: [{ height: 8, panels: answers }] },
      { title: "Processor", lines: [{ height: 8, panels: cpu }] },
      { title: "Memory and store", lines: [{ height: 8, panels: memory }] },
    ],
  });
}
