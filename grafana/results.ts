// The approaches side by side: tables of what the trials gave, and of the lessons' figures.
import { clientLimited } from "./banner.ts";
import { NONE_IS_GOOD } from "./paint.ts";
import * as ask from "./queries.ts";
import { APPROACH_COLUMN, type Column, table } from "./table.ts";

const perRow = "approach, workload, size";
const ROW: Column[] = [
  APPROACH_COLUMN,
  { name: "workload", label: "workload" },
  { name: "users", label: "size" },
];
const QUANTILES = [
  ["p50", "0.5"],
  ["p90", "0.9"],
  ["p99", "0.99"],
] as const;
const column = (name: string, expr: string, unit = "short"): Column => ({ name, expr, unit });
const mean = (metric: string, labels = "") => ask.meanOfTrials(metric, labels, perRow);
const serverCpu = mean("lab_trial_server_cpu_seconds_per_request");
const databaseCpu = mean("lab_trial_database_cpu_seconds_per_request");

/** Everything that the bench says of the trials, whatever the load generator was. */
export const results = table(
  {
    title: "What the trials gave",
    description:
      "Means over the run's trials, without the invalid ones; errors of all of them. Read throughput and CPU per request together, and latency only beside the number of connections.",
    unit: "short",
  },
  [
    ...ROW,
    column("trials", `count by (${perRow}) (${ask.ended("lab_trial_verdict")})`),
    column("throughput", mean("lab_trial_requests_per_second"), "reqps"),
    ...QUANTILES.map(([name, quantile]) =>
      column(name, mean("lab_trial_latency_seconds", `quantile="${quantile}"`), "s"),
    ),
    column("CPU per request, service", serverCpu, "s"),
    column("CPU per request, database", `${databaseCpu} or 0 * ${serverCpu}`, "s"),
    column("memory of the service", mean("lab_trial_server_rss_bytes"), "bytes"),
    column("start-up", mean("lab_trial_startup_seconds"), "s"),
    { ...column("errors", `sum by (${perRow}) (${ask.ended("lab_trial_errors")})`), limits: NONE_IS_GOOD },
  ],
  "approach",
);

const published = (metric: string) =>
  `max by (${perRow}) (last_over_time(${metric}{workload=~"$workload", size=~"$size"}[$__range]))`;
const limitedTrials = `sum by (${perRow}) (${clientLimited}) or 0 * count by (${perRow}) (${ask.ended("lab_trial_verdict")})`;

/** The lessons' figures beside ours. */
export const besideTheLessons = table(
  {
    title: "The lessons' figures beside those of this run",
    description:
      "The lessons measured on a Mac mini with wrk: look at how many times one approach is faster than another, not at the figures themselves. Where the last column is not 0, the measured throughput is the load generator's and only CPU per request is the approach's.",
    unit: "short",
  },
  [
    ...ROW,
    column("published throughput", published("lab_published_requests_per_second"), "reqps"),
    column("measured throughput", mean("lab_trial_requests_per_second"), "reqps"),
    column("published latency", published("lab_published_latency_seconds"), "s"),
    column("measured mean latency", mean("lab_trial_latency_seconds", `quantile="mean"`), "s"),
    column("CPU per request, with its database", ask.meanCpuPerRequest(perRow), "s"),
    { ...column("trials limited by the load generator", limitedTrials), limits: NONE_IS_GOOD },
  ],
  "approach",
);
