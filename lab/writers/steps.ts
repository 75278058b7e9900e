// The steps of a run: blocks of trials and of what is compared within blocks, then what is shown once.
import { startRandom } from "../../k6/lib/random.ts";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import type { GroupOffer } from "../targets/service-group.ts";
import { killInBatches } from "./batches.ts";
import { tryEqualIds } from "./equal-ids.ts";
import { LINE_PADDINGS, watchLines } from "./lines.ts";
import { type Cell, planWriters, type WriterTrial } from "./plan.ts";
import { MANY_READERS, measureManyReaders, measureReaders } from "./readers.ts";
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

/** What a step works with. */
export interface Scene {
  readonly stage: Stage;
  /** The run's. */
  readonly folder: string;
  readonly found: Found;
}

export interface Step {
  readonly name: string;
  /** Adds what it found. */
  readonly run: (scene: Scene) => Promise<void>;
  /** Adds that it failed. */
  readonly fail: (found: Found, error: Error) => void;
}

/** What is compared within blocks has several windows, each a part of a trial's. */
const SIDE_WINDOW_PART = 0.5;
const KILLS = { short: 8, full: 50 };

/** Lists what a run does, in its order. Pure. */
export function listSteps(plan: {
  readonly approaches: Approaches;
  readonly cells: readonly Cell[];
  readonly blocks: number;
  readonly seed: number;
  readonly isFull: boolean;
  readonly offer: GroupOffer;
}): Step[] {
  const { approaches, cells, blocks, seed, isFull, offer } = plan;
  const random = startRandom(seed ^ 1);
  const trials = planWriters(cells, blocks, seed);
  const inBlocks = Array.from({ length: blocks }, (_, index) => {
    const block = { block: index + 1, seed: random(2 ** 32) };
    const own = trials.filter((trial) => trial.block === block.block);
    return [
      ...own.map((trial) => stepOfTrial(trial, trials.indexOf(trial) + 1, isFull)),
      ...listSides(approaches, block, offer),
    ];
  });
  return [...inBlocks.flat(), ...listOnce(approaches, seed, isFull ? KILLS.full : KILLS.short)];
}

function stepOfTrial(trial: WriterTrial, position: number, isFull: boolean): Step {
  const { name, block } = trial;
  // Once, however long a scan takes for each.
  const asksForAll = isFull && block === 1;
  return {
    name: `block ${block}: ${name}`,
    run: async ({ stage, folder, found }) => {
      const readAllLimitMs = asksForAll ? Number.POSITIVE_INFINITY : stage.readAllLimitMs;
      found.trials.push(await runTrial({ ...stage, readAllLimitMs }, trial, position, folder));
    },
    fail: ({ failures }, error) => {
      const { approach, setup, processes, areThreads, settings, settleMs } = trial;
      const cell = { cell: name, approach, setup, processes, areThreads, settings, settleMs };
      failures.push({ ...cell, block, error: error.message });
    },
  };
}

/** What is compared in each block beside the trials. */
function listSides(
  approaches: Approaches,
  block: { readonly block: number; readonly seed: number },
  { maxProcesses }: GroupOffer,
): Step[] {
  const named = (what: string) => `block ${block.block}: ${what}`;
  return [
    ...withRow(approaches, "users.db", (row) => [
      toStep(named("readers beside a writer"), async (stage, found) => {
        found.readers.push(...(await measureReaders(stage, row, block)));
      }),
      ...(maxProcesses < MANY_READERS
        ? []
        : [
            toStep(named("four processes that read"), async (stage, found) => {
              found.manyReaders.push(await measureManyReaders(stage, row, block));
            }),
          ]),
    ]),
    ...withRow(approaches, "database", (row) => [
      toStep(named("writers to one row"), async (stage, found) => {
        found.rows.push(await measureRows(stage, row, block));
      }),
    ]),
  ];
}

/** What is shown once. */
function listOnce(approaches: Approaches, seed: number, kills: number): Step[] {
  const writing = Object.entries(approaches).filter(([, { writes, stores }]) => writes && stores);
  // A file of somebody's own is not in the table by which another process finds it; a variant inserts as what it is one of.
  const own = writing.filter(([, { file, variantOf }]) => file === undefined && variantOf === undefined);
  return [
    ...own.map(([name, row]) =>
      toStep(`two equal ids: ${name}`, async (stage, found) => {
        found.equalIds.push(await tryEqualIds(stage, { name, row }));
      }),
    ),
    ...withRow(approaches, "users.jsonl", () => [
      toStep("appends of two processes, and the end of the file", async (stage, found) => {
        for (const padding of LINE_PADDINGS) found.lines.push(await watchLines(stage, padding));
      }),
    ]),
    ...writing.flatMap(([name, row]) => {
      const { batches: promise = "none" } = row;
      if (promise === "none") return [];
      return [
        toStep(`killed in batches: ${name}`, async (stage, found) => {
          found.batches.push(await killInBatches(stage, { name, row, promise }, { kills, seed }));
        }),
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

function toStep(name: string, run: (stage: Stage, found: Found) => Promise<void>): Step {
  return {
    name,
    run: ({ stage, found }) => run({ ...stage, durationMs: stage.durationMs * SIDE_WINDOW_PART }, found),
    fail: ({ notRun }, error) => void notRun.push(`${name}: ${error.message}`),
  };
}
