// Experiments in which two services are compared as the bench compares approaches: in randomised complete blocks, each
// trial with a process of its own, by the ratios within blocks.
import { startRandom } from "../../k6/lib/random.ts";
import { approaches } from "../../services/approaches/index.ts";
import { compareWithinBlocks, type Difference } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { planTrials } from "../measure/plan.ts";
import type { NativeTarget } from "../targets/native-target.ts";
import type { Lab } from "./check.ts";
import { makeTrial } from "./stage.ts";

/** Every request is the same work, one loop over the file, which is compiled after a few of them: a short window soon after
 * the start measures it warm. */
const CELL = { approach: "linear", row: approaches.linear, workload: "last" } as const;
/** Scans that are in memory at once. */
const CONNECTIONS = 8;
const WARMUP_MS = 300;
const WINDOW_MS = 400;
/** With the start and the end of the service and of the load. */
export const TRIAL_MS = 1_250;

/** What one experiment says of the second service over the first. */
export interface Experiment {
  readonly cpu: Difference;
  readonly throughput: Difference;
  /** In the order in which they were made. */
  readonly trials: readonly {
    readonly service: "first" | "second";
    readonly block: number;
    readonly serverCpuMicrosPerRequest: number;
    readonly requestsPerSecond: number;
    readonly canaryMs: number | undefined;
    /** Why it counts nowhere. */
    readonly error: string | undefined;
  }[];
}

/** Makes experiments. @param services two that are started differently, or alike */
export async function makeExperiments(
  lab: Lab,
  services: { readonly first: NativeTarget; readonly second: NativeTarget },
  { experiments, blocks }: { readonly experiments: number; readonly blocks: number },
): Promise<Experiment[]> {
  const random = startRandom(lab.seed);
  const cells = (["first", "second"] as const).map((service) => ({ ...CELL, service }));
  const made: Experiment[] = [];
  for (let experiment = 0; experiment < experiments; experiment++) {
    const trials: Made[] = [];
    for (const { service, ...trial } of planTrials({ cells, blocks, seed: random(2 ** 32) })) {
      const measurement = await makeTrial(lab, {
        target: services[service],
        trial,
        connections: CONNECTIONS,
        warmupMs: WARMUP_MS,
        durationMs: WINDOW_MS,
      });
      trials.push({ service, measurement });
      lab.onProgress(experiment * blocks * 2 + trials.length, experiments * blocks * 2);
    }
    made.push(compare(trials));
  }
  return made;
}

interface Made {
  readonly service: "first" | "second";
  readonly measurement: Measurement;
}

function compare(made: readonly Made[]): Experiment {
  const good = made.filter(({ measurement }) => measurement.error === undefined);
  const compareBy = (figure: (measurement: Measurement) => number) => {
    const byBlock = (of: Made["service"]) =>
      new Map(
        good
          .filter(({ service }) => service === of)
          .map(({ measurement }) => [measurement.block, figure(measurement)]),
      );
    return compareWithinBlocks(byBlock("second"), byBlock("first"));
  };
  return {
    cpu: compareBy((trial) => trial.serverCpuMicrosPerRequest),
    throughput: compareBy((trial) => trial.requestsPerSecond),
    trials: made.map(({ service, measurement }) => {
      const { block, serverCpuMicrosPerRequest, requestsPerSecond, canaryMs, error } = measurement;
      return { service, block, serverCpuMicrosPerRequest, requestsPerSecond, canaryMs, error };
    }),
  };
}
