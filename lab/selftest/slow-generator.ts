// Planted mistake: a load generator that is short of CPU. It waits for its core, and not for the service; whoever takes its
// figures for the service's is wrong by as much as it waits.

import type { Measurement } from "../measure/measurement.ts";
import type { Verdict } from "../measure/verdict.ts";
import { startChild, stopChild } from "../targets/child.ts";
import type { Check, Form, Lab } from "./check.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 600 } satisfies Record<Form, number>;
/** Beside so many others that never wait the generator has an eighth of its core. */
const OTHERS = 7;

/** @param judge how the verdict on a trial is found */
export function checkSlowGenerator(
  form: Form,
  judge = ({ verdict }: Measurement): Verdict => verdict,
): Check {
  const durationMs = WINDOW_MS[form];
  return {
    name: "slow-generator",
    expected:
      "a generator with an eighth of its core measures less, and its trial is not called server-limited",
    durationMs: 2 * (durationMs + 1_000),
    async run(lab) {
      await using target = await openTarget();
      const alone = await makeTrial(lab, { target, durationMs });
      const short = await crowd(lab, target.placement.generator.slice(0, 1), () =>
        makeTrial(lab, { target, durationMs }),
      );
      const describe = (trial: Measurement) =>
        `${judge(trial)} at ${Math.round(trial.requestsPerSecond)} requests/s`;
      return {
        passed:
          short.error === undefined &&
          short.requestsPerSecond < alone.requestsPerSecond &&
          judge(short) !== "server-limited",
        measured: `${describe(short)}; with a core of its own ${describe(alone)}`,
        data: { alone, short },
      };
    },
  };
}

/** Does something while others keep these cores busy. */
async function crowd<T>(lab: Lab, cpus: readonly number[], work: () => Promise<T>): Promise<T> {
  lab.signal.throwIfAborted();
  const others = Array.from({ length: OTHERS }, () =>
    startChild(process.execPath, ["--eval", "for (;;);"], { cpus, stdio: "ignore" }),
  );
  try {
    return await work();
  } finally {
    await Promise.all(others.map((other) => stopChild(other, "SIGKILL")));
  }
}
