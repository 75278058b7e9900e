// Planted mistake: first all trials of one program, then all of the other. On a machine with moods two identical programs
// are then called different in most experiments, and more trials make it worse.
import { compareApart, compareWithinBlocks, type Difference } from "../measure/difference.ts";
import { findOrderFaults, type OrderedTrial } from "../measure/order.ts";
import { planTrials } from "../measure/plan.ts";
import type { Check, Form } from "./check.ts";
import { startMachine } from "./simulated-machine.ts";

const BLOCKS = 10;
const EXPERIMENTS = { full: 400, short: 60 } satisfies Record<Form, number>;
/** Identical programs that are called different: 1 in 20 by the confidence of the intervals, and what chance adds. */
const OURS_MAX_PART = { full: 0.1, short: 0.15 } satisfies Record<Form, number>;
const SEQUENTIAL_MIN_PART = 0.3;
const EXPERIMENT_MS = 25;
const PROGRAMS = ["first", "second"] as const;

/** Returns the order in which two programs are measured. */
type PlanOrder = (seed: number) => readonly OrderedTrial[];

const planAsTheBench: PlanOrder = (seed) => {
  const cells = PROGRAMS.map((name) => ({ name }));
  return planTrials({ cells, blocks: BLOCKS, seed });
};

/** The same trials, one program after the other. */
export const planSequentially: PlanOrder = (seed) =>
  planAsTheBench(seed).toSorted((a, b) => a.name.localeCompare(b.name) || a.block - b.block);

interface Order {
  readonly faults: readonly string[];
  /** How many experiments call the two programs different. */
  different: number;
}

interface Orders {
  readonly experiments: number;
  readonly ours: Order;
  readonly sequential: Order;
}

export function checkSequentialTrials(form: Form, planOrder: PlanOrder = planAsTheBench): Check<Orders> {
  const experiments = EXPERIMENTS[form];
  const maxPart = OURS_MAX_PART[form];
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  return {
    name: "sequential-trials",
    expected:
      `the bench's order is without fault and calls identical programs different in at most ${percent(maxPart)}; ` +
      `sequential trials are found faulty, and do so in at least ${percent(SEQUENTIAL_MIN_PART)}`,
    durationMs: experiments * EXPERIMENT_MS,
    run({ seed }) {
      const ours: Order = { faults: findOrderFaults(planOrder(seed)), different: 0 };
      const sequential: Order = { faults: findOrderFaults(planSequentially(seed)), different: 0 };
      for (let experiment = 0; experiment < experiments; experiment++) {
        const at = (seed + experiment) % 2 ** 32;
        if (isDifferent(compareWithinBlocks(...measure(planOrder(at), at)))) ours.different++;
        const [first, second] = measure(planSequentially(at), at);
        if (isDifferent(compareApart([...first.values()], [...second.values()]))) sequential.different++;
      }
      const describe = ({ faults, different }: Order) =>
        `${faults[0] ?? "no fault"}, different in ${percent(different / experiments)}`;
      return {
        passed:
          ours.faults.length === 0 &&
          ours.different <= experiments * maxPart &&
          sequential.faults.length > 0 &&
          sequential.different >= experiments * SEQUENTIAL_MIN_PART,
        measured: `the bench's: ${describe(ours)}; sequential: ${describe(sequential)}`,
        data: { experiments, ours, sequential },
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
