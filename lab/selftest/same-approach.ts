// A/A: an approach against itself. What differs is chance, and the lab must not call it more than that.
import type { Difference } from "../measure/difference.ts";
import { median } from "../measure/statistics.ts";
import type { Check, Finding, Form } from "./check.ts";
import { type Experiment, makeExperiments, TRIAL_MS } from "./experiments.ts";
import { formatChange, formatWidth } from "./format.ts";
import { openTarget } from "./stage.ts";

interface Limits {
  readonly experiments: number;
  readonly blocks: number;
  /** How many experiments may call the two different: 1 in 20 would by the confidence of the intervals. */
  readonly mayDiffer: number;
  /** The median of all ratios may be larger than 1 by this factor, or smaller. */
  readonly factor: number;
}

/** One experiment of few blocks says nothing of how often; the short form sees that the machinery is right at all. Its
 * windows are so short that a neighbour can take most of one: of that CPU time per request knows little, throughput all. */
const FORMS: Record<Form, Limits> = {
  full: { experiments: 20, blocks: 9, mayDiffer: 3, factor: 1.05 },
  short: { experiments: 1, blocks: 3, mayDiffer: 1, factor: 1.8 },
};

export function checkSameApproach(form: Form): Check<readonly Experiment[]> {
  const { experiments, blocks, mayDiffer, factor } = FORMS[form];
  return {
    name: "same-approach",
    expected:
      `an approach against itself differs in at most ${mayDiffer} of ${experiments} experiments, ` +
      `and by a factor below ${factor} in the middle`,
    durationMs: experiments * blocks * 2 * TRIAL_MS,
    async run(lab) {
      await using first = await openTarget();
      await using second = await openTarget();
      return judgeSameApproach(form, await makeExperiments(lab, { first, second }, { experiments, blocks }));
    },
  };
}

export function judgeSameApproach(
  form: Form,
  experiments: readonly Experiment[],
): Finding<readonly Experiment[]> {
  const { mayDiffer, factor } = FORMS[form];
  const cpu = describe("CPU time per request", experiments, (experiment) => experiment.cpu);
  const throughput = describe("throughput", experiments, (experiment) => experiment.throughput);
  const figures = [cpu, throughput];
  const judged = form === "full" ? figures : [cpu];
  return {
    passed: judged.every(
      ({ different, middle }) => different <= mayDiffer && Math.abs(Math.log(middle)) < Math.log(factor),
    ),
    measured: figures
      .map(
        ({ name, different, middle, width }) =>
          `${name} differs in ${different}, ${formatChange(middle)}, ${width}`,
      )
      .join("; "),
    data: experiments,
  };
}

function describe(
  name: string,
  experiments: readonly Experiment[],
  differenceOf: (experiment: Experiment) => Difference,
) {
  const differences = experiments.map(differenceOf);
  return {
    name,
    different: differences.filter(({ finding }) => finding !== "no difference found").length,
    middle: median(differences.map(({ ratio }) => ratio.value)),
    width: formatWidth(differences.map(({ ratio }) => ratio)),
  };
}
