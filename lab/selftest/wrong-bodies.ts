// Planted mistake: a service that now and then answers with a wrong body, of the right status and length. A wrong answer is
// never a fast answer: the trial must be left out.
import type { LoadGenerator } from "../load/generator.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Check, Form } from "./check.ts";
import { preload } from "./preloads/preload.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 1_000 } satisfies Record<Form, number>;

export interface WrongBodies {
  readonly generator: LoadGenerator;
  /** One body in so many is wrong: as few as this generator, which may look at some alone, has to notice. */
  readonly every: number;
}

/** @param isLeftOut whether a trial is in no average */
export function checkWrongBodies(
  form: Form,
  { generator, every }: WrongBodies,
  isLeftOut = ({ error }: Measurement): boolean => error !== undefined,
): Check {
  const durationMs = WINDOW_MS[form];
  return {
    name: `wrong-bodies-${generator.name}`,
    expected: `a trial by ${generator.name} in which one body in ${every} is wrong is left out; one without is not`,
    durationMs: 2 * (durationMs + 2_000),
    async run(lab) {
      await using honest = await openTarget();
      await using lying = await openTarget(preload("lie", { every }));
      const right = await makeTrial(lab, { target: honest, generator, durationMs });
      const wrong = await makeTrial(lab, { target: lying, generator, durationMs });
      const describe = (trial: Measurement) =>
        isLeftOut(trial) ? `left out (${trial.error})` : `not left out: ${trial.verdict}`;
      return {
        passed: isLeftOut(wrong) && !isLeftOut(right),
        measured: `${describe(wrong)}; without: ${describe(right)}`,
        data: { right, wrong },
      };
    },
  };
}
