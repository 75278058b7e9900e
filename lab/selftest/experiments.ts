// Experiments in which two services are compared as the bench compares approaches: in randomised complete blocks, each
// trial with a process of its own, by the ratios within blocks.
import { startRandom } from "../../k6/lib/random.ts";
import { compareWithinBlocks, type Difference } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { planTrials } from "../measure/plan.ts";
import type { NativeTarget } from "../targets/native-target.ts";
import type { Lab } from "./check.ts";
import { CELL, makeTrial } from "./stage.ts";

const WARMUP_MS = 300;
const WINDOW_MS = 400;
/** With the start and the end of the service and of the load. */
export const TRIAL_MS = 1_250;

/** What one experiment says of the second service over the first. */
export interface Experiment {
  readonly cpu: Difference;
  readonly throughput: Difference;
  /** Why trials were left out. */
  readonly faults: readonly string[];
}

export interface ExperimentSettings {
  readonly experiments: number;
  readonly blocks: number;
}

/** Makes experiments. @param services two that are started differently, or alike */
export async function makeExperiments(
  lab: Lab,
  services: readonly [NativeTarget, NativeTarget],
  { experiments, blocks }: ExperimentSettings,
): Promise<Experiment[]> {
  const random = startRandom(lab.seed);
  const cells = services.map((target) => ({ ...CELL, target }));
  const made: Experiment[] = [];
  for (let experiment = 0; experiment < experiments; experiment++) {
    const trials = new Map(services.map((target) => [target, [] as Measurement[]]));
    for (const { target, block, seed } of planTrials({ cells, blocks, seed: random(2 ** 32) })) {
      const settings = { target, block, seed, warmupMs: WARMUP_MS, durationMs: WINDOW_MS };
      trials.get(target)?.push(await makeTrial(lab, settings));
      lab.onProgress(experiment * blocks + block, experiments * blocks);
    }
    const [first = [], second = []] = trials.values();
    made.push(compare(first, second));
  }
  return made;
}

function compare(first: readonly Measurement[], second: readonly Measurement[]): Experiment {
  const compareBy = (figure: (trial: Measurement) => number) => {
    const byBlock = (trials: readonly Measurement[]) =>
      new Map(trials.flatMap((trial) => (trial.error === undefined ? [[trial.block, figure(trial)]] : [])));
    return compareWithinBlocks(byBlock(second), byBlock(first));
  };
  return {
    cpu: compareBy((trial) => trial.serverCpuMicrosPerRequest),
    throughput: compareBy((trial) => trial.requestsPerSecond),
    faults: [...first, ...second].flatMap(({ error }) => error ?? []),
  };
}
