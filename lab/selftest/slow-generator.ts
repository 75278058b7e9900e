// Planted mistake: a load generator that is short of CPU. It waits for its core, and not for the service; whoever takes its
// figures for the service's is wrong by as much as it waits.
import type { Measurement } from "../measure/measurement.ts";
import { startChild, stopChild } from "../targets/child.ts";
import type { Check, Finding, Form, Lab } from "./check.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 500 } satisfies Record<Form, number>;
/** Beside so many others that never wait the generator has an eighth of its core. */
const OTHERS = 7;

interface Trials {
  readonly alone: Measurement;
  readonly crowded: Measurement;
}

export function checkSlowGenerator(form: Form): Check<Trials> {
  const durationMs = WINDOW_MS[form];
  return {
    name: "slow-generator",
    expected:
      "a generator with an eighth of its core measures less, and its trial is not called server-limited",
    durationMs: 2 * (durationMs + 1_500),
    async run(lab) {
      await using target = await openTarget();
      const measure = () => makeTrial(lab, { target, durationMs });
      const alone = await measure();
      return judgeSlowGenerator({ alone, crowded: await crowd(lab, target.placement.generator[0], measure) });
    },
  };
}

export function judgeSlowGenerator(trials: Trials): Finding<Trials> {
  const { alone, crowded } = trials;
  const describe = ({ error, verdict, requestsPerSecond }: Measurement) =>
    error ?? `${verdict} at ${Math.round(requestsPerSecond)} requests/s`;
  return {
    passed:
      crowded.error === undefined &&
      crowded.requestsPerSecond < alone.requestsPerSecond &&
      crowded.verdict !== "server-limited",
    measured: `${describe(crowded)}; with the whole core ${describe(alone)}`,
    data: trials,
  };
}

/** Does something while others keep a core busy. */
async function crowd<T>(lab: Lab, core: number | undefined, work: () => Promise<T>): Promise<T> {
  lab.signal.throwIfAborted();
  if (core === undefined) throw new Error("there is one core for all");
  const others = Array.from({ length: OTHERS }, () =>
    startChild(process.execPath, ["--eval", "for (;;);"], { cpus: [core], stdio: "ignore" }),
  );
  try {
    return await work();
  } finally {
    await Promise.all(others.map((other) => stopChild(other, "SIGKILL")));
  }
}
