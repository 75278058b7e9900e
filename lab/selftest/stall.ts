// Stall: the service stands still for a while. Under an open load all who would have come meanwhile wait, and the 99th
// percentile says so. Under one closed connection a single request waits, and the same stall hides: coordinated omission.
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadGenerator } from "../load/generator.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Check, Finding, Form, Lab } from "./check.ts";
import { makeInterruptedTrial } from "./interruption.ts";
import { openTarget, type TrialSettings } from "./stage.ts";

const RATE = 200;
/** Connections of the open load: more than come in a stall of a second, so that nobody waits for one. */
const CONNECTIONS = 256;

interface Limits {
  readonly windowMs: number;
  readonly stallMs: number;
  /** Where the p99 of the open load must be. The slowest hundredth of the requests came in the first three tenths of a
   * stall that is a thirtieth of the window: the p99 is seven tenths of it. */
  readonly openMs: readonly [number, number];
  /** What the p99 of one closed connection must be below. */
  readonly closedMs: number;
}

/** On a busy machine others add to a short stall, which is why the short form allows more. */
const FORMS: Record<Form, Limits> = {
  full: { windowMs: 30_000, stallMs: 1_000, openMs: [600, 800], closedMs: 100 },
  short: { windowMs: 4_000, stallMs: 400, openMs: [200, 800], closedMs: 100 },
};

interface StalledTrial {
  readonly measurement: Measurement;
  /** How long the service stood still. */
  readonly stalledMs: number;
}

interface Trials {
  readonly open: StalledTrial;
  readonly closed: StalledTrial;
}

export function checkStall(form: Form, generator: LoadGenerator): Check<Trials> {
  const { windowMs: durationMs, stallMs, openMs, closedMs } = FORMS[form];
  return {
    name: `stall-${generator.name}`,
    expected:
      `a stall of ${stallMs} ms in ${durationMs / 1000} s makes a p99 of ${openMs.join(" to ")} ms at ${RATE} requests/s, ` +
      `and of less than ${closedMs} ms under one closed connection`,
    durationMs: 2 * (durationMs + 2_000),
    async run(lab) {
      await using target = await openTarget();
      const stall = async (load: Pick<TrialSettings, "connections" | "trial">) => {
        const settings = { target, generator, durationMs, ...load };
        const first = await makeStalledTrial(lab, settings, stallMs);
        // An invalid trial says nothing of the stall: somebody else's last moments of the window are enough to make one.
        return first.measurement.error === undefined ? first : makeStalledTrial(lab, settings, stallMs);
      };
      const trial = { rate: { name: "stall", requestsPerSecond: RATE } };
      const open = await stall({ connections: CONNECTIONS, trial });
      lab.onProgress(1, 2);
      return judgeStall(form, { open, closed: await stall({ connections: 1 }) });
    },
  };
}

export function judgeStall(form: Form, trials: Trials): Finding<Trials> {
  const { openMs, closedMs } = FORMS[form];
  const { open, closed } = trials;
  const describe = ({ measurement: { error, latencyMs }, stalledMs }: StalledTrial) => {
    const notes = [`${stalledMs.toFixed(0)} ms still`, ...(error === undefined ? [] : [error])];
    return `p99 ${latencyMs.p99.toFixed(latencyMs.p99 < 10 ? 1 : 0)} ms (${notes.join("; ")})`;
  };
  const p99Ms = open.measurement.latencyMs.p99;
  return {
    passed:
      [open, closed].every(
        ({ measurement }) => measurement.requests > 0 && measurement.error === undefined,
      ) &&
      p99Ms >= openMs[0] &&
      p99Ms <= openMs[1] &&
      closed.measurement.latencyMs.p99 < closedMs,
    measured: `open: ${describe(open)}; one closed connection: ${describe(closed)}`,
    data: trials,
  };
}

/** Stops the process of the service in the middle of the window. */
async function makeStalledTrial(lab: Lab, settings: TrialSettings, stallMs: number): Promise<StalledTrial> {
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
