// What an experiment of a lesson is, and what it is given.
import type { ApproachName } from "../../services/approaches/index.ts";
import type { Target } from "../targets/target.ts";
import type { Job } from "./bare-process.ts";

/** A question that the runs do not answer. Its result is JSON. */
export interface Experiment<Result> {
  readonly question: string;
  /** Approaches on whose data it works; without one of them it is left out. */
  readonly uses: readonly ApproachName[];
  /** What it takes, for the first estimate: milliseconds for the largest size. */
  readonly estimateMs: (largest: number, rounds: number) => number;
  readonly run: (tools: ExperimentTools) => Promise<Result>;
}

export interface ExperimentTools {
  /** Sizes whose data is prepared, ascending. */
  readonly sizes: readonly number[];
  readonly largest: number;
  readonly dataSeed: number;
  readonly seed: number;
  /** How often each way is measured. */
  readonly rounds: number;
  /** How long a way is measured in each round, where it takes less. */
  readonly turnMs: number;
  /** Folder of an approach's data of one size, which is only read; "seeded" has users.jsonl in the order of the seed. */
  readonly folderOf: (size: number, approach: ApproachName | "seeded") => string;
  /** An empty folder. */
  readonly scratch: string;
  readonly target: Target;
  readonly signal: AbortSignal;
  /** Calls a function that the module exports, in a process of its own on the service's core. */
  readonly inProcess: <Args, Result>(module: string, job: Job<Args, Result>, args: Args) => Promise<Result>;
}

/** Something that takes seconds each time is measured no more often than this. */
const HEAVY_MAX_ROUNDS = 5;

export function heavyRounds({ rounds }: Pick<ExperimentTools, "rounds">): number {
  return Math.min(rounds, HEAVY_MAX_ROUNDS);
}
