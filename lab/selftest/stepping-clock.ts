// Planted mistake: a load generator whose clock steps within the window, or stands still, as a clock does that
// is set on, or back. Its window is as
// much too long or too short, and so are rate and latencies, together: Little's law holds by any clock.
import { builtin, runBuiltin } from "../load/builtin.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { Check, Form } from "./check.ts";
import { type FaultyTrials, judgeLeftOut } from "./left-out.ts";
import { preload } from "./preloads/preload.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 500 } satisfies Record<Form, number>;
const STEP_MS = 2_000;
const CLOCK = /^the load generator's clock is wrong/;
const CLOCK_REASONS = { on: CLOCK, back: CLOCK };

export function checkSteppingClock(form: Form): Check<FaultyTrials> {
  const durationMs = WINDOW_MS[form];
  return {
    name: "stepping-clock",
    expected:
      `a trial is left out when its generator's clock steps by ${STEP_MS} ms within the window, on or back, ` +
      "and not when it is steady",
    durationMs: 3 * (durationMs + 1_000),
    async run(lab) {
      await using target = await openTarget();
      const measure = (byMs: number) =>
        makeTrial(lab, { target, durationMs, generator: stepAfter(durationMs / 4, byMs) });
      const faulty = { on: await measure(STEP_MS), back: await measure(-STEP_MS) };
      return judgeLeftOut({ faulty, sound: await measure(0) }, CLOCK_REASONS);
    },
  };
}

/** The builtin generator with another clock. */
function stepAfter(afterMs: number, byMs: number): LoadGenerator {
  return {
    ...builtin,
    async run(load, options) {
      const outcome = await runBuiltin({ load }, options, preload("step-clock", { afterMs, byMs }));
      return { ...outcome, raw: "" };
    },
  };
}
