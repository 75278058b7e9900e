// Planted mistake: a service that is another process at the end of the window than it was at the beginning. What the second
// counted, CPU time and requests, is not what the trial cost.
import type { Measurement } from "../measure/measurement.ts";
import type { NativeTarget } from "../targets/native-target.ts";
import type { Check, Form } from "./check.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 500 } satisfies Record<Form, number>;

/** @param isLeftOut whether a trial is in no average */
export function checkRestartedService(
  form: Form,
  isLeftOut = ({ error }: Measurement): boolean => error !== undefined,
): Check {
  const durationMs = WINDOW_MS[form];
  return {
    name: "restarted-service",
    expected: "a trial whose service is killed, or is another process afterwards, is left out; one without is not",
    durationMs: 3 * (durationMs + 1_000),
    async run(lab) {
      await using steady = await openTarget();
      const trials = {
        killed: await makeTrial(lab, { target: killWithin(steady, durationMs / 2), durationMs }),
        replaced: await makeTrial(lab, { target: replaceUnseen(steady), durationMs }),
        steady: await makeTrial(lab, { target: steady, durationMs }),
      };
      const describe = ([name, trial]: [string, Measurement]) =>
        `${name}: ${isLeftOut(trial) ? `left out (${trial.error})` : `not left out, ${trial.verdict}`}`;
      return {
        passed: isLeftOut(trials.killed) && isLeftOut(trials.replaced) && !isLeftOut(trials.steady),
        measured: Object.entries(trials).map(describe).join("; "),
        data: trials,
      };
    },
  };
}
