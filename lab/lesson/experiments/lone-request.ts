// How long a request takes that nothing else waits for: the last record of the file over one connection, at every size,
// the sizes in turns. Under fifty connections a latency is mostly waiting for the other forty-nine.
import { type ApproachName, approaches } from "../../../services/approaches/index.ts";
import { runBuiltin } from "../../load/builtin.ts";
import type { RunningService } from "../../targets/service.ts";
import type { Experiment, ExperimentTools } from "../experiment.ts";
import { nameWay, type Round, takeTurns } from "../turns.ts";

const APPROACHES = ["linear", "map"] as const satisfies readonly ApproachName[];

export interface LoneRequests {
  readonly sizes: readonly number[];
  /** Median latency in milliseconds, by approach and size: "linear 1000000". */
  readonly rounds: readonly Round[];
}

export const loneRequest: Experiment<LoneRequests> = {
  question: "how long does the last record take, asked alone?",
  uses: APPROACHES,
  // A scan of a million is to take about a second: one to warm up and one that is measured.
  estimateMs: (largest, rounds) => rounds * (4_500 + largest * 0.004) + largest * 0.005,
  async run(tools) {
    const { sizes, rounds, seed } = tools;
    await using services = new AsyncDisposableStack();
    const ways: Record<string, () => Promise<number>> = {};
    for (const approach of APPROACHES) {
      for (const size of sizes) {
        const service = services.use(await startOn(approach, size, tools));
        ways[nameWay(approach, size)] = () => ask(service, approach, size, tools);
      }
    }
    return { sizes, rounds: await takeTurns(ways, { rounds, seed }) };
  },
};

function startOn(approach: ApproachName, size: number, { target, folderOf, signal }: ExperimentTools) {
  return target.start({
    approach,
    approachFile: undefined,
    dataDir: folderOf(size, approach),
    database: undefined,
    signal,
  });
}

async function ask(
  { host, port }: RunningService,
  approach: ApproachName,
  size: number,
  { target, turnMs, dataSeed, seed, signal }: ExperimentTools,
): Promise<number> {
  const load = {
    ...{ host, port, size, dataSeed, seed },
    workload: "last" as const,
    storesUsers: approaches[approach].stores,
    connections: 1,
    warmupMs: turnMs,
    durationMs: turnMs,
    waitLimitMs: 120_000,
  };
  const cpus = target.placement.generator.slice(0, 1);
  const { errors, latencyMs } = await runBuiltin({ load }, { cpus, signal, beforeMeasuring: async () => {} });
  const [fault] = Object.entries(errors);
  if (fault !== undefined) throw new Error(`${approach}: ${fault[1]} times ${fault[0]}`);
  return latencyMs.p50;
}
