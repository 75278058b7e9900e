// Sensitivity: a service that burns a known part more CPU time per request. The lab must find it, and say how much it is.
import { median } from "../measure/statistics.ts";
import type { Check, Form } from "./check.ts";
import { makeExperiments, TRIAL_MS } from "./experiments.ts";
import { formatChange } from "./format.ts";
import { preload } from "./preloads/preload.ts";
import { openTarget } from "./stage.ts";

interface Limits {
  readonly experiments: number;
  readonly blocks: number;
  /** What is burnt, as a part of what the service takes without. */
  readonly burnt: number;
  /** In how many experiments it must be found. */
  readonly mustFind: number;
  /** How far the middle of the estimates may be from it. */
  readonly tolerance: number;
}

/** The short form burns so much that few blocks on a busy machine show it; three of them have no interval worth a count. */
const FORMS: Record<Form, Limits> = {
  full: { experiments: 20, blocks: 9, burnt: 0.1, mustFind: 18, tolerance: 0.03 },
  short: { experiments: 1, blocks: 3, burnt: 2, mustFind: 0, tolerance: 1.2 },
};

/** @param burn what Node is given so that the second service burns a part */
export function checkSensitivity(
  form: Form,
  burn = (share: number): readonly string[] => preload("burn", { share }),
): Check {
  const { experiments, blocks, burnt, mustFind, tolerance } = FORMS[form];
  const points = `${tolerance * 100} points`;
  return {
    name: "sensitivity",
    expected:
      `a service that burns ${burnt * 100} % more CPU time is found in at least ${mustFind} of ${experiments}, ` +
      `and the estimate is within ${points}`,
    durationMs: experiments * blocks * 2 * TRIAL_MS,
    async run(lab) {
      await using plain = await openTarget();
      await using burning = await openTarget(burn(burnt));
      const made = await makeExperiments(lab, [plain, burning], { experiments, blocks });
      const found = made.filter(({ cpu }) => cpu.finding === "higher").length;
      const estimates = made.map(({ cpu }) => cpu.ratio.value);
      const isNear = (estimate: number) => Math.abs(estimate - 1 - burnt) <= tolerance;
      const middle = median(estimates);
      return {
        passed: found >= mustFind && isNear(middle),
        measured:
          `found in ${found} of ${experiments}, estimated as ${formatChange(middle)} ` +
          `(${estimates.filter(isNear).length} experiments within ${points})`,
        data: { found, middle, experiments: made },
      };
    },
  };
}
