// What stands at the top of the home page: whether the figures below are the approaches' own.
import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";
import { GENERATOR_MAX_SHARE } from "../lab/measure/verdict.ts";
import { approachPrefixOverrides, BAD, DOUBTFUL, GOOD } from "./paint.ts";
import { stat } from "./panels.ts";
import * as ask from "./queries.ts";
import { byApproach } from "./targets.ts";

/** Trials in which the load generator was busy and the service was not. */
export const clientLimited = ask.ended("lab_trial_verdict", `verdict="client-limited"`);
const generatorBusy = `${ask.ended("lab_trial_generator_cpu_share")} > ${GENERATOR_MAX_SHARE}`;
const bothBusy = `${ask.ended("lab_trial_verdict", `verdict="mixed"`)} and on (run, trial) ${generatorBusy}`;
const limited = `max by (approach) (${clientLimited}) or 2 * max by (approach) (${bothBusy})`;
/** 0, once a trial has ended and as long as none was limited. */
const noneLimited = `0 * max(${ask.ended("lab_trial_verdict")}) unless on () (${limited})`;

/** Says where the load generator was the limit, or that it was nowhere. */
export const banner = stat(
  {
    title: "Was the load generator the limit? Then compare CPU per request, not throughput",
    description:
      "Red: the generator was busy and the service was not, so the approach can do more than its throughput says. k6 makes 8,000 to 20,000 requests/s per core, which flattens the fast approaches to the same height. Look at CPU per request beside the throughput: it does not depend on the generator.",
    unit: "none",
  },
  byApproach(`${limited} or label_replace(${noneLimited}, "approach", "no approach", "", "")`),
  {
    limits: {
      base: GOOD,
      steps: [
        [1, BAD],
        [2, DOUBTFUL],
      ],
    },
    mappings: [
      {
        type: MappingType.ValueToText,
        options: {
          0: { text: "was limited by the load generator", color: GOOD, index: 0 },
          1: { text: "the load generator was the limit", color: BAD, index: 1 },
          2: { text: "generator and service were both at their limit", color: DOUBTFUL, index: 2 },
        },
      },
    ],
  },
);

/** Says which trial is running. */
export const running = stat(
  {
    title: "The trial that is running",
    description:
      "Approach, workload, users, and the trial's place in the run; of any run, whatever is chosen above. Figures of one trial say little while it warms up.",
    unit: "none",
    noValue: "none",
  },
  [
    {
      expr: "max by (approach, workload, size, trial) (lab_trial_running)",
      legend: "{{approach}} · {{workload}} · {{size}} users · trial {{trial}}",
    },
  ],
  {
    overrides: approachPrefixOverrides,
    mappings: [{ type: MappingType.ValueToText, options: { 1: { text: "is running", index: 0 } } }],
  },
);
