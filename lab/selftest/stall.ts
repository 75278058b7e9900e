// Stall: the service stands still for a while. Under an open load all who would have come meanwhile wait, and the 99th
// percentile says so. Under one closed connection a single request waits, and the same stall hides: coordinated omission.
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadGenerator } from "../load/generator.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Check, Form, Lab } from "./check.ts";
import { makeInterruptedTrial } from "./interruption.ts";
import { openTarget, type TrialSettings } from "./stage.ts";

const RATE = 200;
/** More than come in a stall of a second, so that nobody waits for a connection. */
const OPEN_CONNECTIONS = 256;

interface Limits {
  readonly windowMs: number;
  readonly stallMs: number;
  /** Where the p99 must be, as parts of the stall: the highest hundredth of the requests of the window came in the first
   * three tenths of it, so 0.7. */
  readonly open: { readonly min: number; readonly max: number };
  readonly closedMax: number;
}

/** On a busy machine others add to a short stall, which is why the short form asks for less. */
const FORMS: Record<Form, Limits> = {
  full: { windowMs: 30_000, stallMs: 1_000, open: { min: 0.6, max: 0.8 }, closedMax: 0.1 },
  short: { windowMs: 4_000, stallMs: 400, open: { min: 0.5, max: 1.5 }, closedMax: 0.25 },
};

type Settings = Omit<TrialSettings, "target">;

const openLoad = { connections: OPEN_CONNECTIONS, requestsPerSecond: RATE };
/** What a stall hides from. */
export const closedLoad = { connections: 1 };

/** @param load what is to see the stall */
export function checkStall(
  form: Form,
  generator: LoadGenerator,
  load: Omit<Settings, "durationMs"> = openLoad,
): Check {
  const { windowMs: durationMs, stallMs, open, closedMax } = FORMS[form];
  const [lowMs, highMs, hiddenMs] = [open.min * stallMs, open.max * stallMs, closedMax * stallMs];
  return {
    name: `stall-${generator.name}`,
    expected:
      `a stall of ${stallMs} ms in ${durationMs / 1000} s by ${generator.name}: p99 from ${lowMs} to ${highMs} ms at ` +
      `${RATE} requests/s, below ${hiddenMs} ms under one closed connection`,
    durationMs: 2 * (durationMs + 2_000),
    async run(lab) {
      await using target = await openTarget();
      const stall = (settings: Omit<Settings, "durationMs">) =>
        makeStalledTrial(lab, { target, generator, durationMs, ...settings }, stallMs);
      const seen = await stall(load);
      lab.onProgress(1, 2);
      const hidden = await stall(closedLoad);
      const p99 = ({ measurement }: typeof seen) => measurement.latencyMs.p99;
      const describe = (trial: typeof seen) =>
        `${trial.measurement.error ?? `p99 ${p99(trial).toFixed(p99(trial) < 10 ? 2 : 0)} ms`} ` +
        `(stood still for ${trial.stalledMs.toFixed(0)} ms)`;
      return {
        passed:
          [seen, hidden].every(({ measurement }) => measurement.error === undefined) &&
          p99(seen) >= lowMs &&
          p99(seen) <= highMs &&
          p99(hidden) < hiddenMs,
        measured: `${describe(seen)}; one closed connection: ${describe(hidden)}`,
        data: { seen, hidden },
      };
    },
  };
}

/** Stops the process of the service in the middle of the window. */
async function makeStalledTrial(
  lab: Lab,
  settings: TrialSettings,
  stallMs: number,
): Promise<{ measurement: Measurement; stalledMs: number }> {
  let stalledMs = 0;
  const act = async (pid: number) => {
    const fromMs = performance.now();
    process.kill(pid, "SIGSTOP");
    try {
      await sleep(stallMs, undefined, { signal: lab.signal });
    } finally {
      process.kill(pid, "SIGCONT");
      stalledMs = performance.now() - fromMs;
    }
  };
  const measurement = await makeInterruptedTrial(lab, settings, { afterMs: settings.durationMs / 2, act });
  return { measurement, stalledMs };
}
