// A trial in whose window something happens to the service's process.
import { setTimeout as sleep } from "node:timers/promises";
import { builtin } from "../load/builtin.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { NativeTarget } from "../targets/native-target.ts";
import type { Lab } from "./check.ts";
import { makeTrial, type TrialSettings } from "./stage.ts";

export interface Interruption {
  /** From the start of the window; k6 itself takes a part of it to start. */
  readonly afterMs: number;
  /** @param pid of the service */
  readonly act: (pid: number) => Promise<void> | void;
}

/** Makes a trial with an interruption, and waits for its end. @throws what the interruption throws */
export async function makeInterruptedTrial(
  lab: Lab,
  settings: TrialSettings,
  { afterMs, act }: Interruption,
): Promise<Measurement> {
  const { generator = builtin } = settings;
  let pid = 0;
  let acting: Promise<void> | undefined;
  const target: NativeTarget = {
    ...settings.target,
    async start(order) {
      const service = await settings.target.start(order);
      pid = service.pid;
      return service;
    },
  };
  const interrupted: LoadGenerator = {
    ...generator,
    async run(load, options) {
      const beforeMeasuring = async () => {
        await options.beforeMeasuring();
        acting = sleep(afterMs, undefined, { signal: lab.signal }).then(() => act(pid));
        acting.catch(() => {}); // It is waited for below.
      };
      try {
        return await generator.run(load, { ...options, beforeMeasuring });
      } finally {
        await acting?.catch(() => {});
      }
    },
  };
  const measurement = await makeTrial(lab, { ...settings, target, generator: interrupted });
  if (acting === undefined) throw new Error(`the window was not reached: ${measurement.error}`);
  await acting;
  return measurement;
}
