// Sensitivity: a service that burns a known part more CPU time per request. The lab must find it, and say how much it is.
import { median } from "../measure/statistics.ts";
import type { Check, Finding, Form } from "./check.ts";
import { type Experiment, makeExperiments, TRIAL_MS } from "./experiments.ts";
import { formatChange, formatWidth } from "./format.ts";
import { preload } from "./preloads/preload.ts";
import { openTarget } from "./stage.ts";

interface Limits {
  readonly experiments: number;
  readonly blocks: number;
  /** What is burnt, as a part of what the service takes without. */
  readonly burnt: number;
  /** In how many experiments it must be found. */
  readonly mustFind: number;
  /** Where the median of the estimates must be: the ratio, from and to. */
  readonly ratio: readonly [number, number];
}

/** The short form burns so much that few blocks on a busy machine show it; three of them have no interval worth a count. */
const FORMS: Record<Form, Limits> = {
  full: { experiments: 20, blocks: 9, burnt: 0.1, mustFind: 18, ratio: [1.07, 1.13] },
  short: { experiments: 1, blocks: 3, burnt: 2, mustFind: 0, ratio: [1.8, 5] },
};

export function checkSensitivity(form: Form): Check<readonly Experiment[]> {
  const { experiments, blocks, burnt, mustFind, ratio } = FORMS[form];
  return {
    name: "sensitivity",
    expected:
      `a service that burns ${burnt * 100} % more CPU time is found in at least ${mustFind} of ${experiments} ` +
      `experiments, and estimated as ${ratio.map(formatChange).join(" to ")} in the middle`,
    durationMs: experiments * blocks * 2 * TRIAL_MS,
    async run(lab) {
      await using first = await openTarget();
      await using second = await openTarget(preload("burn", { share: burnt }));
      return judgeSensitivity(form, await makeExperiments(lab, { first, second }, { experiments, blocks }));
    },
  };
}

export function judgeSensitivity(
  form: Form,
  experiments: readonly Experiment[],
): Finding<readonly Experiment[]> {
  const { mustFind, ratio } = FORMS[form];
  const [from, to] = ratio;
  const isNear = (estimate: number) => estimate >= from && estimate <= to;
  const found = experiments.filter(({ cpu }) => cpu.finding === "higher").length;
  const estimates = experiments.map(({ cpu }) => cpu.ratio.value);
  return {
    passed: found >= mustFind && isNear(median(estimates)),
    measured:
      `found in ${found} of ${experiments.length}, estimated as ${formatChange(median(estimates))} in the middle, ` +
      `between these limits by ${estimates.filter(isNear).length}; ${formatWidth(experiments.map(({ cpu }) => cpu.ratio))}`,
    data: experiments,
  };
}
