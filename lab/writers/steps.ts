// The steps of a run: blocks of trials and of what is compared within blocks, then what is shown once.
import { startRandom } from "../../k6/lib/random.ts";
import type { Approach, Approaches } from "../../services/approaches/index.ts";
import { killInBatches } from "./batches.ts";
import { tryEqualIds } from "./equal-ids.ts";
import { watchLines } from "./half-lines.ts";
import { type Cell, planWriters, type WriterTrial } from "./plan.ts";
import { measureManyReaders, measureReaders } from "./readers.ts";
import type { WritersRecord } from "./record.ts";
import { measureRows } from "./rows.ts";
import type { Stage } from "./stage.ts";
import { runTrial } from "./trial.ts";

/** What was found so far: the lists of writers.json, which grow. */
export type Found = {
  -readonly [Field in FoundField]: WritersRecord[Field] extends readonly (infer Item)[]
    ? Item[]
    : WritersRecord[Field];
};
type FoundField =
  | "trials"
  | "failures"
  | "readers"
  | "manyReaders"
  | "rows"
  | "equalIds"
  | "lines"
  | "batches"
  | "notRun";

export interface Step {
  readonly name: string;
  /** Adds what it found. */
  readonly run: (found: Found) => Promise<void>;
  /** Adds that it failed. */
  readonly fail: (found: Found, error: Error) => void;
}

/** Of what is compared within blocks, a part of what a trial takes: each has two or more windows. */
const SIDE_WINDOW_PART = 0.5;
const KILLS = { short: 10, full: 50 };

export function listSteps(
  plan: {
    readonly approaches: Approaches;
    readonly blocks: number;
    readonly seed: number;
    readonly isFull: boolean;
  },
  cells: readonly Cell[],
  stage: Stage,
  folder: string,
): Step[] {
  const { approaches, blocks, seed, isFull } = plan;
  const brief = { ...stage, durationMs: stage.durationMs * SIDE_WINDOW_PART };
  const blockSeeds = startRandom(seed ^ 1);
  const trials = planWriters(cells, blocks, seed);
  const inBlocks = Array.from({ length: blocks }, (_, index) => {
    const block = { block: index + 1, seed: blockSeeds(2 ** 32) };
    const own = trials.filter((trial) => trial.block === block.block);
    return [
      ...own.map((trial) => trialStep(stage, trial, trials.indexOf(trial) + 1, folder)),
      ...sideSteps(brief, approaches, block),
    ];
  });
  return [...inBlocks.flat(), ...onceSteps(brief, approaches, seed, isFull ? KILLS.full : KILLS.short)];
}

function trialStep(stage: Stage, trial: WriterTrial, position: number, folder: string): Step {
  const { name, block } = trial;
  return {
    name: `block ${block}: ${name}`,
    run: async (found) => void found.trials.push(await runTrial(stage, trial, position, folder)),
    fail: ({ failures }, error) => {
      const { approach, variant, processes, areThreads, settings } = trial;
      const cell = { cell: name, approach, variant, processes, areThreads, settings };
      failures.push({ ...cell, block, error: error.message });
    },
  };
}

function sideSteps(
  stage: Stage,
  approaches: Approaches,
  block: { readonly block: number; readonly seed: number },
): Step[] {
  const named = (what: string) => `block ${block.block}: ${what}`;
  return [
    ...withRow(approaches, "users.db", (row) => [
      step(
        named("readers beside a writer"),
        async (found) => void found.readers.push(...(await measureReaders(stage, row, block))),
      ),
      step(
        named("four processes that read"),
        async (found) => void found.manyReaders.push(await measureManyReaders(stage, row, block)),
      ),
    ]),
    ...withRow(approaches, "database", (row) => [
      step(
        named("writers to one row"),
        async (found) => void found.rows.push(await measureRows(stage, row, block)),
      ),
    ]),
  ];
}

function onceSteps(stage: Stage, approaches: Approaches, seed: number, kills: number): Step[] {
  const writing = Object.entries(approaches).filter(([, { writes, stores }]) => writes && stores);
  // A file of somebody's own is not in the table by which another process finds it.
  const own = writing.filter(([, { file }]) => file === undefined);
  return [
    ...own.map(([name, row]) =>
      step(
        `two equal ids: ${name}`,
        async (found) => void found.equalIds.push(await tryEqualIds(stage, { name, row })),
      ),
    ),
    ...withRow(approaches, "users.jsonl", () => [
      step("appends of two processes, and the end of the file", async (found) => {
        found.lines = await watchLines(stage);
      }),
    ]),
    ...writing.flatMap(([name, row]) => {
      const promise = row.batches;
      if (promise === "none") return [];
      return [
        step(
          `killed in batches: ${name}`,
          async (found) =>
            void found.batches.push(await killInBatches(stage, { name, row, promise }, { kills, seed })),
        ),
      ];
    }),
  ];
}

/** Makes steps for the first approach whose users are in this kind of store and no other. */
function withRow(
  approaches: Approaches,
  need: Approach["needs"][number],
  make: (row: { readonly name: string; readonly row: Approach }) => Step[],
): Step[] {
  const found = Object.entries(approaches).find(([, { needs }]) => needs.length === 1 && needs[0] === need);
  return found === undefined ? [] : make({ name: found[0], row: found[1] });
}

function step(name: string, run: Step["run"]): Step {
  return { name, run, fail: ({ notRun }, error) => void notRun.push(`${name}: ${error.message}`) };
}
