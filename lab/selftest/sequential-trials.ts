// Planted mistake: first all trials of one program, then all of the other. On a machine with moods two identical programs
// are then called different in most experiments, and more trials make it worse.
import { compareApart, compareWithinBlocks, type Difference } from "../measure/difference.ts";
import { findOrderFaults, type OrderedTrial } from "../measure/order.ts";
import { planTrials } from "../measure/plan.ts";
import type { Check, Form } from "./check.ts";
import { startMachine } from "./simulated-machine.ts";

const BLOCKS = 10;
const EXPERIMENTS = { full: 1_000, short: 200 } satisfies Record<Form, number>;
/** Of identical programs that are called different: 1 in 20 by the confidence of the intervals, and chance. */
const OURS_MAX_PART = 0.1;
const MISTAKEN_MIN_PART = 0.3;
const PROGRAMS = ["map", "baseline"] as const;

/** Returns the order in which two programs are measured. */
type PlanOrder = (seed: number) => readonly OrderedTrial[];

/** The plan of the bench. */
const planAsTheBench: PlanOrder = (seed) =>
  planTrials({ cells: PROGRAMS.map((approach) => ({ approach, workload: "read" })), blocks: BLOCKS, seed }).map(
    ({ block, approach }) => ({ block, name: approach }),
  );

/** The same trials, one program after the other. */
export const planSequentially: PlanOrder = (seed) =>
  planAsTheBench(seed).toSorted((a, b) => a.name.localeCompare(b.name) || a.block - b.block);

export function checkSequentialTrials(form: Form, planOrder: PlanOrder = planAsTheBench): Check {
  const experiments = EXPERIMENTS[form];
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  return {
    name: "sequential-trials",
    expected:
      `the bench's order is without fault, and calls identical programs different in at most ${percent(OURS_MAX_PART)}; ` +
      `sequential trials are found faulty, and do in at least ${percent(MISTAKEN_MIN_PART)}`,
    durationMs: experiments * 20,
    run({ seed }) {
      const oursFaults = findOrderFaults(planOrder(seed));
      const mistakenFaults = findOrderFaults(planSequentially(seed));
      let [ours, mistaken] = [0, 0];
      for (let experiment = 0; experiment < experiments; experiment++) {
        const at = seed + experiment;
        if (isDifferent(compareWithinBlocks(...measure(planOrder(at), at)))) ours++;
        const [first, second] = measure(planSequentially(at), at);
        if (isDifferent(compareApart([...first.values()], [...second.values()]))) mistaken++;
      }
      return {
        passed:
          oursFaults.length === 0 &&
          mistakenFaults.length > 0 &&
          ours <= experiments * OURS_MAX_PART &&
          mistaken >= experiments * MISTAKEN_MIN_PART,
        measured:
          `the bench's order: ${oursFaults[0] ?? "no fault"}, different in ${ours} of ${experiments}; ` +
          `sequential: ${mistakenFaults[0] ?? "no fault"}, different in ${mistaken}`,
        data: { experiments, ours, mistaken, oursFaults, mistakenFaults },
      };
    },
  };
}

/** Measures two identical programs on a simulated machine. Returns what each block has of each. */
function measure(order: readonly OrderedTrial[], seed: number): [Map<number, number>, Map<number, number>] {
  const measureNext = startMachine(seed);
  const values = order.map(({ block, name }) => ({ block, name, value: measureNext(100) }));
  const of = (program: string) =>
    new Map(values.filter(({ name }) => name === program).map(({ block, value }) => [block, value]));
  return [of(PROGRAMS[0]), of(PROGRAMS[1])];
}

function isDifferent({ finding }: Difference): boolean {
  return finding !== "no difference found";
}
