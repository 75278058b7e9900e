// What a lesson will do, decided before it starts. Pure.
import { startRandom } from "../../k6/lib/random.ts";
import type { Approaches } from "../../services/approaches/approach.ts";
import { type ApproachName, approaches } from "../../services/approaches/index.ts";
import { type ExperimentName, experiments } from "./experiments.ts";
import { shuffleBy } from "./turns.ts";
import { nameSize } from "./words.ts";

export interface LessonSettings {
  /** Ascending. */
  readonly sizes: readonly number[];
  readonly approaches: readonly ApproachName[];
  /** How often everything is measured. */
  readonly blocks: number;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly waitLimitMs: number;
  /** Whether the system calls of a request are counted, once for each size. */
  readonly countsCalls: boolean;
  /** Seed of all orders and of the choice of keys. */
  readonly seed: number;
  readonly dataSeed: number;
}

export type Step =
  | {
      readonly kind: "block";
      readonly block: number;
      readonly size: number;
      readonly seed: number;
      readonly estimateMs: number;
    }
  | { readonly kind: "experiment"; readonly name: ExperimentName; readonly estimateMs: number };

/** Processes start and stop: for each trial, and for each run, which also asks every store what it is. For estimates
 * only, like those that follow. */
const TRIAL_OVERHEAD_MS = 1_800;
const RUN_OVERHEAD_MS = 2_500;
/** What a trial takes longer for each user: a scan lasts as long as the data, and fifty of them wait for each other; a map
 * is loaded twice. */
const TRIAL_MS_PER_USER: Partial<Record<ApproachName, number>> = { linear: 0.022, map: 0.008 };
/** Counting system calls, for each approach: and a scan once more under strace, some times. */
const COUNT_MS = 2_000;
const COUNT_MS_PER_USER: Partial<Record<ApproachName, number>> = { linear: 0.015, map: 0.006 };
/** Making the data of a size for all approaches. */
const PREPARE_MS_PER_USER = 0.03;

/**
 * Lists the steps of a lesson in their order. A block of the lesson is a block of each size, the sizes in an order drawn
 * from the seed: what is compared across sizes was measured within minutes, and the machine's mood cannot pass for growth.
 */
export function listSteps(settings: LessonSettings): Step[] {
  const { sizes, blocks, seed, approaches } = settings;
  const random = startRandom(seed);
  const ofBlocks = Array.from({ length: blocks }, (_, index) =>
    shuffleBy(sizes, random).map((size) => ({
      kind: "block" as const,
      block: index + 1,
      size,
      seed: random(2 ** 32),
      estimateMs: estimateBlock(settings, size) + (index === 0 ? estimateOnce(settings, size) : 0),
    })),
  ).flat();
  const largest = Math.max(...sizes);
  const ofExperiments = Object.entries(experiments)
    .filter(([, { uses }]) => uses.every((approach) => approaches.includes(approach)))
    .map(([name, { estimateMs }]) => ({
      kind: "experiment" as const,
      name: name as ExperimentName,
      estimateMs: estimateMs(largest, blocks),
    }));
  return [...ofBlocks, ...ofExperiments];
}

function estimateBlock({ approaches, warmupMs, durationMs }: LessonSettings, size: number): number {
  const trials = approaches.map(
    (approach) => warmupMs + durationMs + TRIAL_OVERHEAD_MS + size * (TRIAL_MS_PER_USER[approach] ?? 0),
  );
  return trials.reduce((sum, one) => sum + one, RUN_OVERHEAD_MS);
}

/** What the first block of a size does besides. */
function estimateOnce({ approaches, countsCalls }: LessonSettings, size: number): number {
  const counting = approaches.map((approach) => COUNT_MS + size * (COUNT_MS_PER_USER[approach] ?? 0));
  return size * PREPARE_MS_PER_USER + (countsCalls ? counting.reduce((sum, one) => sum + one, 0) : 0);
}

export function estimateSteps(steps: readonly Step[]): number {
  return steps.reduce((sum, { estimateMs }) => sum + estimateMs, 0);
}

/** Names a step, for those who watch. */
export function describeStep(step: Step): string {
  if (step.kind === "experiment") return `${step.name}: ${experiments[step.name].question}`;
  return `block ${step.block} at ${nameSize(step.size)}`;
}

/** Returns the rows of these approaches. */
export function rowsOf(names: readonly ApproachName[]): Approaches {
  return Object.fromEntries(names.map((name) => [name, approaches[name]]));
}
