// Experiments in which two services are compared as the bench compares approaches: in randomised complete blocks, each
// trial with a process of its own, by the ratios within blocks.
import { startRandom } from "../../k6/lib/random.ts";
import { compareWithinBlocks, type Difference } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { NativeTarget } from "../targets/native-target.ts";
import type { Lab } from "./check.ts";
import { makeTrial } from "./stage.ts";

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
  const made: Experiment[] = [];
  for (let experiment = 0; experiment < experiments; experiment++) {
    const trials: [Measurement[], Measurement[]] = [[], []];
    for (let block = 1; block <= blocks; block++) {
      for (const party of random(2) === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const settings = { target: services[party], warmupMs: WARMUP_MS, durationMs: WINDOW_MS, block };
        trials[party].push(await makeTrial(lab, settings));
      }
      lab.onProgress(experiment * blocks + block, experiments * blocks);
    }
    made.push(compare(trials));
  }
  return made;
}

function compare([first, second]: readonly [readonly Measurement[], readonly Measurement[]]): Experiment {
  const good = (trials: readonly Measurement[]) => trials.filter(({ error }) => error === undefined);
  const differenceOf = (figure: (trial: Measurement) => number) => {
    const [a, b] = [first, second].map(
      (trials) => new Map(good(trials).map((trial) => [trial.block, figure(trial)])),
    ) as [Map<number, number>, Map<number, number>];
    return compareWithinBlocks(b, a);
  };
  return {
    cpu: differenceOf((trial) => trial.serverCpuMicrosPerRequest),
    throughput: differenceOf((trial) => trial.requestsPerSecond),
    faults: [...first, ...second].flatMap(({ error }) => error ?? []),
  };
}
