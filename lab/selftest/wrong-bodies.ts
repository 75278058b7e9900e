// Planted mistake: a service that now and then answers with a wrong body, of the right status and length. A wrong answer is
// never a fast answer: the trial must be left out.
import type { LoadGenerator } from "../load/generator.ts";
import type { Check, Form } from "./check.ts";
import { makeInterruptedTrial } from "./interruption.ts";
import { type FaultyTrials, judgeLeftOut } from "./left-out.ts";
import { preload } from "./preloads/preload.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 1_000 } satisfies Record<Form, number>;

const BODY_REASONS = { wrong: /wrong body/ };

export interface WrongBodies {
  readonly generator: LoadGenerator;
  /** One body in so many is wrong: as few as this generator, which may look at some alone, has to notice. */
  readonly every: number;
  /** Since when: "start" is for a generator that looks at bodies before the window alone. */
  readonly since: "start" | "window";
}

export function checkWrongBodies(form: Form, { generator, every, since }: WrongBodies): Check<FaultyTrials> {
  const durationMs = WINDOW_MS[form];
  return {
    name: `wrong-bodies-${generator.name}`,
    expected:
      `a trial by ${generator.name} is left out when one body in ${every} is wrong since the ${since}, ` +
      "and not when none is",
    durationMs: 2 * (durationMs + 2_000),
    async run(lab) {
      const isAtOnce = since === "start";
      await using lying = await openTarget(preload("lie", { every, atOnce: isAtOnce ? 1 : 0 }));
      await using honest = await openTarget();
      const settings = { target: lying, generator, durationMs };
      const lie = { afterMs: 0, act: (pid: number) => void process.kill(pid, "SIGUSR2") };
      const wrong = await (isAtOnce ? makeTrial(lab, settings) : makeInterruptedTrial(lab, settings, lie));
      const sound = await makeTrial(lab, { ...settings, target: honest });
      return judgeLeftOut({ faulty: { wrong }, sound }, BODY_REASONS);
    },
  };
}
