// Planted mistake: a service that is another process at the end of the window than it was at the beginning. What the second
// counted, CPU time and requests, is not what the trial cost.
import type { NativeTarget } from "../targets/native-target.ts";
import type { Check, Form } from "./check.ts";
import { makeInterruptedTrial } from "./interruption.ts";
import { type FaultyTrials, judgeLeftOut } from "./left-out.ts";
import { makeTrial, openTarget } from "./stage.ts";

const WINDOW_MS = { full: 2_000, short: 500 } satisfies Record<Form, number>;

const RESTART_REASONS = { killed: /^the service ended/, replaced: /^the service was restarted$/ };

export function checkRestartedService(form: Form): Check<FaultyTrials> {
  const durationMs = WINDOW_MS[form];
  return {
    name: "restarted-service",
    expected:
      "a trial is left out when its service is killed or is another process afterwards, and not when it is the same",
    durationMs: 3 * (durationMs + 1_000),
    async run(lab) {
      await using target = await openTarget();
      const kill = { afterMs: durationMs / 2, act: (pid: number) => void process.kill(pid, "SIGKILL") };
      const killed = await makeInterruptedTrial(lab, { target, durationMs }, kill);
      const replaced = await makeTrial(lab, { target: replaceUnseen(target), durationMs });
      const sound = await makeTrial(lab, { target, durationMs });
      return judgeLeftOut({ faulty: { killed, replaced }, sound }, RESTART_REASONS);
    },
  };
}

/** A target whose services are another process when their figures are read after the window. Whoever asks them for users
 * does not notice: so it is where a proxy or an orchestrator keeps the connections. */
function replaceUnseen(target: NativeTarget): NativeTarget {
  return {
    ...target,
    async start(order) {
      const service = await target.start(order);
      const successor = await target.start(order);
      let reads = 0;
      return {
        ...service,
        // Once after the start, once at the start of the window, and then at its end.
        readUsage: () => (++reads <= 2 ? service : successor).readUsage(),
        async [Symbol.asyncDispose]() {
          await Promise.all([service, successor].map((process) => process[Symbol.asyncDispose]()));
        },
      };
    },
  };
}
