// All checks of the measuring, and those that cannot be run here.
import type { LoadGenerator } from "../load/generator.ts";
import { canPin } from "../targets/child.ts";
import { readAllowedCores } from "../targets/placement.ts";
import type { Check, Form } from "./check.ts";
import { checkPercentileAverage } from "./percentile-average.ts";
import { checkRestartedService } from "./restarted-service.ts";
import { checkSameApproach } from "./same-approach.ts";
import { checkSensitivity } from "./sensitivity.ts";
import { checkSequentialTrials } from "./sequential-trials.ts";
import { checkSlowGenerator } from "./slow-generator.ts";
import { checkStall } from "./stall.ts";
import { checkSteppingClock } from "./stepping-clock.ts";
import { checkWrongBodies } from "./wrong-bodies.ts";

/** A check, or why it cannot be run. */
export type Listed = Check | { readonly name: string; readonly lack: string };

/** How few wrong bodies a generator must notice: the builtin one looks at every body, k6 at one in 101, wrk at none, and
 * the warm-up does in its place. */
const WRONG_BODIES = {
  builtin: { every: 1_000, since: "window" },
  k6: { every: 3, since: "window" },
  wrk: { every: 3, since: "start" },
} as const;
const OPEN_GENERATORS = ["builtin", "k6"];

/** Lists the checks in the order in which they are run. @param generators that are at hand */
export function listChecks(form: Form, generators: readonly LoadGenerator[]): Listed[] {
  const withGenerator = (kind: string, name: string, build: (generator: LoadGenerator) => Check): Listed => {
    const generator = generators.find((candidate) => candidate.name === name);
    return generator === undefined
      ? { name: `${kind}-${name}`, lack: `${name} is not on the PATH` }
      : build(generator);
  };
  return [
    checkPercentileAverage(),
    checkSequentialTrials(form),
    ...Object.entries(WRONG_BODIES).map(([name, lies]) =>
      withGenerator("wrong-bodies", name, (generator) => checkWrongBodies(form, { generator, ...lies })),
    ),
    checkRestartedService(form),
    checkSteppingClock(form),
    canPin() && readAllowedCores().length > 1
      ? checkSlowGenerator(form)
      : { name: "slow-generator", lack: "service and load generator cannot have cores of their own here" },
    ...OPEN_GENERATORS.map((name) =>
      withGenerator("stall", name, (generator) => checkStall(form, generator)),
    ),
    checkSensitivity(form),
    checkSameApproach(form),
  ];
}
