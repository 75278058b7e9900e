// Makes the trials of a run one after the other: which comes next, what is made again, and when it is enough.
import { builtin } from "../load/builtin.ts";
import type { LoadGenerator } from "../load/generator.ts";
import { findCeiling, judgeUnderCeiling } from "./ceiling.ts";
import type { Measurement } from "./measurement.ts";
import { listClosedCells, listOpenCells, planTrials, type Trial } from "./plan.ts";
import { isPreciseEnough } from "./precision-rule.ts";
import { type Capacities, findCapacities } from "./rates.ts";
import type { RunPlan } from "./run.ts";

/** Blocks of closed trials before an open load, which show what each approach can do. */
const CAPACITY_BLOCKS = 2;

/** Makes one trial and keeps what it gave. */
export type MakeTrial = (trial: Trial, generator: LoadGenerator) => Promise<Measurement>;

interface Conduct {
  readonly make: MakeTrial;
  readonly generator: LoadGenerator;
  /** All generators at hand, cheapest first. */
  readonly generators: readonly LoadGenerator[];
  /** Called when a run ends because it is precise enough, with the number of its blocks. */
  readonly onPrecise: (blocks: number) => void;
}

/** Returns the trials of a run in the order in which they will be made, as far as that is known before it.
 * @param capacities known rates of open trials need them; without them the rates are those of a capacity of 1 */
export function listTrials(plan: RunPlan, capacities?: Capacities): { closed: Trial[]; open: Trial[] } {
  const cells = listClosedCells(plan);
  const { blocks, seed } = plan;
  if (plan.load === "closed") return { closed: planTrials({ cells, blocks, seed }), open: [] };
  const capacityBlocks = Math.min(blocks, CAPACITY_BLOCKS);
  const known = capacities ?? assumeCapacities(cells);
  return {
    closed: planTrials({ cells, blocks: capacityBlocks, seed }),
    open: planTrials({
      cells: listOpenCells(cells, known, plan.rateRequestsPerSecond),
      blocks,
      firstBlock: capacityBlocks + 1,
      seed: seed + 1,
    }),
  };
}

function assumeCapacities(cells: readonly Pick<Trial, "approach" | "workload">[]): Capacities {
  const byWorkload = Map.groupBy(cells, ({ workload }) => workload as string);
  return new Map(
    [...byWorkload].map(([workload, of]) => [workload, new Map(of.map(({ approach }) => [approach, 1]))]),
  );
}

/** Makes all trials of a run. */
export async function conductTrials(plan: RunPlan, conduct: Conduct): Promise<void> {
  if (plan.load === "closed") await conductClosed(plan, conduct);
  else await conductOpen(plan, conduct);
}

async function conductClosed(plan: RunPlan, { make, generator, generators, onPrecise }: Conduct) {
  const measurements: Measurement[] = [];
  let unlimited: Made[] = [];
  for (const [block, trials] of Map.groupBy(listTrials(plan).closed, (trial) => trial.block)) {
    for (const trial of trials) {
      const measurement = await make(trial, generator);
      measurements.push(measurement);
      if (isLimited(measurement)) await makeAgain(trial, { make, generator, generators });
      else unlimited.push({ trial, measurement });
    }
    // What shows the generator's ceiling may have come after those that are close below it, in this block or an earlier one.
    const isNowLimited = ({ trial, measurement }: Made) => {
      const ceiling = findCeiling(measurements, trial.workload, generator.name);
      return judgeUnderCeiling(measurement, ceiling) === "client-limited";
    };
    for (const { trial } of unlimited.filter(isNowLimited))
      await makeAgain(trial, { make, generator, generators });
    unlimited = unlimited.filter((made) => !isNowLimited(made));
    // After the last block as well, so that it is said.
    if (plan.precision !== undefined && isPreciseEnough(measurements, block, plan.precision)) {
      onPrecise(block);
      return;
    }
  }
}

interface Made {
  readonly trial: Trial;
  readonly measurement: Measurement;
}

/** Whether a trial shows by itself that its generator was the limit. */
function isLimited({ verdict, droppedIterations }: Measurement): boolean {
  return verdict === "client-limited" || droppedIterations > 0;
}

/** Makes a trial again with the cheapest generator that can make its load, where that is another. */
async function makeAgain(
  trial: Trial,
  { make, generator, generators }: Pick<Conduct, "make" | "generator" | "generators">,
): Promise<void> {
  const { workload, rate } = trial;
  const load = { workload, ...(rate && { requestsPerSecond: rate.requestsPerSecond }) };
  const [cheapest] = generators.filter(({ canMake }) => canMake(load));
  if (cheapest !== undefined && cheapest.name !== generator.name)
    await make({ ...trial, isAgain: true }, cheapest);
}

/** What an approach can do is measured by the builtin generator: it drops nothing, checks every body, and is at hand
 * everywhere. */
async function conductOpen(plan: RunPlan, { make, generator, generators }: Conduct) {
  const measurements: Measurement[] = [];
  for (const trial of listTrials(plan).closed) measurements.push(await make(trial, builtin));
  for (const trial of listTrials(plan, findCapacities(measurements)).open) {
    const { workload, rate } = trial;
    // One that cannot make the rate would drop requests. The builtin one makes every load.
    const able = rate && generator.canMake({ workload, ...rate }) ? generator : builtin;
    if (isLimited(await make(trial, able))) await makeAgain(trial, { make, generator: able, generators });
  }
}
