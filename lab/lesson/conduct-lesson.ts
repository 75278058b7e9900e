// Makes the steps of a lesson that are missing, one after the other.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ApproachName } from "../../services/approaches/index.ts";
import { lockData } from "../data/lock.ts";
import { builtin } from "../load/builtin.ts";
import type { Measurement } from "../measure/measurement.ts";
import { compareMoods, readMood } from "../measure/mood.ts";
import type { RequestCounts } from "../measure/request-counts.ts";
import { runBench } from "../measure/run.ts";
import type { Target } from "../targets/target.ts";
import { type ExperimentSession, openExperiments } from "./experiment-session.ts";
import {
  addBlock,
  addExperiment,
  type ExperimentRecord,
  listMissing,
  makeBlockFolder,
  noteProgress,
  readRecord,
} from "./lesson-folder.ts";
import { listSteps, rowsOf, type Step } from "./plan.ts";

/** Where a lesson finds things, and who hears of it. */
export interface LessonTools {
  readonly dataRoot: string;
  readonly openTarget: (approaches: readonly ApproachName[]) => Promise<Target>;
  readonly signal: AbortSignal;
  readonly onPreparing: (what: string, done: number, total: number) => void;
  /** Called before each step, with those that are left, it among them. */
  readonly onStep: (left: readonly Step[]) => void;
  readonly onTrial: (measurement: Measurement) => void;
  readonly onCounts: (counts: RequestCounts) => void;
  /** Called with what system calls could not be counted of, and why. */
  readonly onNotCounted: (why: string) => void;
  /** Called when an experiment could not be made; the lesson goes on. */
  readonly onFailure: (experiment: string, error: Error) => void;
}

/**
 * Makes what is missing in the folder of a lesson. What a stop leaves half done, a block of one size or an experiment, is
 * made again the next time.
 * @throws LessonStopped on a signal
 */
export async function conductLesson(path: string, tools: LessonTools): Promise<void> {
  using _lock = lockData(join(tools.dataRoot, "lesson"));
  const { settings } = readRecord(path);
  let left = listMissing(path, listSteps(settings));
  await using session = new AsyncDisposableStack();
  let experiments: ExperimentSession | undefined;
  try {
    for (const step of left) {
      tools.signal.throwIfAborted();
      tools.onStep(left);
      if (step.kind === "block") await makeBlock(path, step, tools);
      else {
        experiments ??= session.use(await openExperiments(settings, tools));
        await makeExperiment(path, step.name, experiments, tools);
      }
      left = left.slice(1);
    }
  } catch (error) {
    if (!tools.signal.aborted) throw error;
    throw new LessonStopped(path);
  }
  if (listMissing(path, listSteps(settings)).length === 0) noteProgress(path, new Date());
}

type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

async function makeBlock(
  path: string,
  { size, block, seed }: StepOf<"block">,
  tools: LessonTools,
): Promise<void> {
  const { settings, command } = readRecord(path);
  const { approaches, connections, warmupMs, durationMs, waitLimitMs, dataSeed } = settings;
  const folder = makeBlockFolder(path);
  try {
    const measured = await runBench(
      {
        ...{ size, dataSeed, seed, connections, warmupMs, durationMs, waitLimitMs, command },
        approaches: rowsOf(approaches),
        workloads: ["read"],
        // Counts are the same in every block.
        countsCalls: settings.countsCalls && block === 1,
        blocks: 1,
        durability: "lesson",
        load: "closed",
      },
      {
        ...tools,
        resultsRoot: folder,
        openTarget: () => tools.openTarget(approaches),
        generator: builtin,
        generators: [builtin],
        live: null,
        dashboards: null,
        onReady: () => {},
        onPrecise: () => {},
      },
    );
    addBlock(path, size, block, measured);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeExperiment(
  path: string,
  experiment: StepOf<"experiment">["name"],
  { run }: ExperimentSession,
  { dataRoot, signal, onFailure }: LessonTools,
): Promise<void> {
  const startedAt = new Date();
  const before = readMood(dataRoot);
  const record = (outcome: Pick<ExperimentRecord, "result" | "mood" | "error">) => {
    const endedAt = new Date().toISOString();
    addExperiment(path, { experiment, startedAt: startedAt.toISOString(), endedAt, ...outcome });
  };
  try {
    const result = await run(experiment);
    const mood = compareMoods(before, readMood(dataRoot), Date.now() - startedAt.getTime());
    record({ result, mood });
  } catch (error) {
    signal.throwIfAborted();
    record({ error: (error as Error).message });
    onFailure(experiment, error as Error);
  }
}

/** A lesson was stopped from outside. */
class LessonStopped extends Error {
  override readonly name = "LessonStopped";

  constructor(path: string) {
    super(`stopped; whole blocks and experiments are kept in ${path}, and make lesson goes on from there`);
  }
}
