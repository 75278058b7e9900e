// One run of the experiment: data, a database server for those who need one, every step of the plan, a folder of results.

import { basename } from "node:path";
import type { Approaches } from "../../services/approaches/approach.ts";
import { lockData } from "../data/lock.ts";
import { prepareData } from "../data/prepare.ts";
import { describeMachine } from "../machine/machine.ts";
import { probeSync } from "../machine/sync-probe.ts";
import { describeSources } from "../measure/sources.ts";
import type { GroupOffer, GroupTarget } from "../targets/service-group.ts";
import { type Cell, listRefusals } from "./plan.ts";
import type { WritersRecord } from "./record.ts";
import { createWritersFolder, writeWriters } from "./run-folder.ts";
import type { Stage } from "./stage.ts";
import { type Found, listSteps, type Scene, type Step } from "./steps.ts";

export interface WritersPlan {
  readonly size: number;
  readonly dataSeed: number;
  readonly approaches: Approaches;
  /** What a block holds, in the order of the tables. */
  readonly cells: readonly Cell[];
  readonly blocks: number;
  readonly seed: number;
  readonly connections: number;
  readonly durationMs: number;
  readonly readAllLimitMs: number;
  /** Whether every setting is measured. */
  readonly isFull: boolean;
  /** What groups of services there can be. */
  readonly offer: GroupOffer;
  /** The command that repeats the run. */
  readonly command: string;
}

export interface WritersTools {
  readonly dataRoot: string;
  readonly resultsRoot: string;
  readonly mode: WritersRecord["mode"];
  readonly openTarget: () => Promise<GroupTarget>;
  readonly signal: AbortSignal;
  readonly onPreparing: (what: string, done: number, total: number) => void;
  /** Called before each step, with how many of all steps are done. */
  readonly onStep: (name: string, done: number, total: number) => void;
  readonly onFailure: (name: string, error: Error) => void;
}

export interface WritersResult {
  /** The folder of the run. */
  readonly path: string;
  readonly record: WritersRecord;
  /** How many steps failed; each was told of. */
  readonly failedSteps: number;
}

/** Makes a run. Whatever ends it, its services and its server are stopped and what was measured is kept.
 * @returns also of a run that was stopped: its `endedAt` is null */
export async function runWriters(plan: WritersPlan, tools: WritersTools): Promise<WritersResult> {
  const { dataRoot, signal } = tools;
  using _lock = lockData(dataRoot);
  const startedAt = new Date();
  await using target = await tools.openTarget();
  await prepareData({
    root: dataRoot,
    size: plan.size,
    seed: plan.dataSeed,
    approaches: plan.approaches,
    databaseUrlOf: target.database?.urlOf,
    onProgress: tools.onPreparing,
    signal,
  });
  signal.throwIfAborted();
  const path = createWritersFolder(tools.resultsRoot, startedAt);
  const stage: Stage = { ...plan, dataRoot, target, signal };
  const steps = listSteps(plan);
  const found = startFindings(listRefusals(plan.approaches));
  const describe = describeRun(basename(path), plan, tools, startedAt, target);
  const save = (endedAt: Date | null) => {
    const record = { ...describe, endedAt: endedAt?.toISOString() ?? null, ...found };
    writeWriters(path, record);
    return record;
  };
  save(null);
  const scene = { stage, folder: path, found };
  const { isWhole, failedSteps } = await takeSteps(steps, scene, tools, () => void save(null));
  return { path, record: save(isWhole ? new Date() : null), failedSteps };
}

/** Takes one step after the other, and goes on after those that fail, until it is stopped. */
async function takeSteps(
  steps: readonly Step[],
  scene: Scene,
  { signal, onStep, onFailure }: WritersTools,
  save: () => void,
): Promise<{ readonly isWhole: boolean; readonly failedSteps: number }> {
  let failedSteps = 0;
  for (const [done, step] of steps.entries()) {
    if (signal.aborted) return { isWhole: false, failedSteps };
    onStep(step.name, done, steps.length);
    try {
      await step.run(scene);
    } catch (error) {
      if (signal.aborted) return { isWhole: false, failedSteps };
      failedSteps++;
      onFailure(step.name, error as Error);
      step.fail(scene.found, error as Error);
    }
    save();
  }
  return { isWhole: true, failedSteps };
}

function startFindings(notRun: string[]): Found {
  return {
    trials: [],
    failures: [],
    readers: [],
    manyReaders: [],
    rows: [],
    equalIds: [],
    lines: [],
    batches: [],
    notRun,
  };
}

function describeRun(
  run: string,
  plan: WritersPlan,
  tools: WritersTools,
  startedAt: Date,
  target: GroupTarget,
) {
  return {
    run,
    startedAt: startedAt.toISOString(),
    command: plan.command,
    form: plan.isFull ? ("full" as const) : ("short" as const),
    mode: tools.mode,
    size: plan.size,
    seed: plan.seed,
    dataSeed: plan.dataSeed,
    blocks: plan.blocks,
    durationMs: plan.durationMs,
    connections: plan.connections,
    machine: describeMachine(),
    software: {
      node: process.versions.node,
      sqlite: process.versions.sqlite as string,
      ...(target.database !== null && { postgresql: target.database.version }),
    },
    fdatasync: probeSync(tools.dataRoot),
    ...describeSources(),
  };
}
