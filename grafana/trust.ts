// Whether a run can be believed: each party's own account of the same trials, beside the others'.
import { MappingType, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  BUSY_SHARE,
  GENERATOR_MAX_SHARE,
  LITTLES_LAW_TOLERANCE,
  type Verdict,
} from "../lab/measure/verdict.ts";
import { comparisons } from "./accounts.ts";
import { buildPage, runVariable, sizeVariable, workloadVariable } from "./page.ts";
import { BAD, DOUBTFUL, GOOD, type Limits, NONE_IS_GOOD } from "./paint.ts";
import { bars } from "./panels.ts";
import { CHOSEN, ended } from "./queries.ts";
import { APPROACH_COLUMN, type Column, table } from "./table.ts";

const GENERATOR: Limits = { base: GOOD, steps: [[GENERATOR_MAX_SHARE, BAD]] };
const SERVER: Limits = { base: DOUBTFUL, steps: [[BUSY_SHARE, GOOD]] };
const LITTLES_LAW: Limits = {
  base: BAD,
  steps: [
    [1 - LITTLES_LAW_TOLERANCE, GOOD],
    [1 + LITTLES_LAW_TOLERANCE, BAD],
  ],
};
const VERDICT_COLOURS: Readonly<Record<Verdict, string>> = {
  "server-limited": GOOD,
  "client-limited": BAD,
  mixed: DOUBTFUL,
  unlimited: GOOD,
  invalid: BAD,
};
const verdictMappings: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(VERDICT_COLOURS).map(([text, color], index) => [text, { text, color, index }]),
    ),
  },
];

const TRIAL = "approach, workload, size, trial";
const perTrial = (metric: string) => `max by (${TRIAL}) (${ended(metric)})`;
/** Parts of the connections that were busy, by throughput and latency. */
const busyPart = `${perTrial("lab_trial_busy_connections")} / ${perTrial("lab_trial_connections")}`;
const achieved = perTrial("lab_trial_requests_per_second");
/** A closed load offers what is taken. */
const offered = `(${perTrial("lab_trial_offered_requests_per_second")} or ${achieved})`;

const column = (name: string, expr: string, more: Partial<Column> = {}): Column => ({ name, expr, ...more });

const trials = table(
  {
    title: "Trials",
    description:
      "A row per trial. server-limited: the figures are the approach's. client-limited: the approach can do more. mixed: both were busy or neither. invalid: left out of every average. Look for red, and for one approach whose trials disagree.",
    unit: "short",
  },
  [
    { name: "trial", label: "trial" },
    APPROACH_COLUMN,
    { name: "workload", label: "workload" },
    { name: "users", label: "size" },
    { name: "verdict", label: "verdict", mappings: verdictMappings },
    column("is", `max by (${TRIAL}, verdict) (${ended("lab_trial_verdict")})`, { isHidden: true }),
    column("generator's CPU", perTrial("lab_trial_generator_cpu_share"), {
      unit: "percentunit",
      limits: GENERATOR,
    }),
    column("service's CPU", perTrial("lab_trial_server_cpu_share"), { unit: "percentunit", limits: SERVER }),
    column("offered", offered, { unit: "reqps" }),
    column("achieved", achieved, { unit: "reqps" }),
    column("dropped", perTrial("lab_trial_dropped_iterations"), { limits: NONE_IS_GOOD }),
    column("unfinished", perTrial("lab_trial_unfinished"), { limits: NONE_IS_GOOD }),
    column("errors", perTrial("lab_trial_errors"), { limits: NONE_IS_GOOD }),
    column("busy connections (Little's law)", busyPart, { unit: "percentunit", limits: LITTLES_LAW }),
  ],
  "trial",
);

const byTrial = (expr: string) => [{ expr, legend: "{{approach}} {{workload}}, trial {{trial}}" }];
const percent = (share: number) => `${Math.round(share * 100)} %`;

const judged = [
  bars(
    {
      title: "The generator's CPU",
      description: `Part of the cores that it had. Red from ${percent(GENERATOR_MAX_SHARE)}: the generator may itself be what was slow, and a faster approach would look the same.`,
      unit: "percentunit",
    },
    byTrial(perTrial("lab_trial_generator_cpu_share")),
    GENERATOR,
  ),
  bars(
    {
      title: "The service's CPU",
      description: `Part of one core. Green from ${percent(BUSY_SHARE)}: the service was busy. Below, something else was the limit: the generator, a disk, a lock, a database on a core of its own.`,
      unit: "percentunit",
    },
    byTrial(perTrial("lab_trial_server_cpu_share")),
    SERVER,
  ),
  bars(
    {
      title: "Little's law: busy connections of all",
      description: `Throughput times mean latency is the number of connections that wait for an answer: all of them under closed load. Red beyond ${percent(LITTLES_LAW_TOLERANCE)} from all: some requests are missing from the throughput or the latency.`,
      unit: "percentunit",
    },
    byTrial(busyPart),
    LITTLES_LAW,
  ),
  bars(
    {
      title: "Dropped iterations",
      description:
        "Requests of an open load that were due while no connection was free. They are in no latency figure: red means that the service did not keep up, and that its latency is worse than it looks.",
      unit: "short",
    },
    byTrial(perTrial("lab_trial_dropped_iterations")),
    NONE_IS_GOOD,
  ),
];

/** Builds the page. */
export function buildTrust() {
  const all = { text: "All", value: "$__all" };
  return buildPage({
    uid: "lab-trust",
    description: "Whether the figures of a run are the approaches', by the limits that the bench applies.",
    variables: [
      runVariable(),
      workloadVariable().includeAll(true).multi(true).current(all),
      sizeVariable().includeAll(true).multi(true).current(all),
    ],
    markedTrials: CHOSEN,
    sections: [
      {
        title: "Verdicts",
        lines: [
          { height: 10, panels: [trials] },
          { height: 11, panels: judged },
        ],
      },
      {
        title: "Three accounts of the same trial",
        lines: comparisons.map((panels) => ({ height: 8, panels })),
      },
    ],
  });
}
