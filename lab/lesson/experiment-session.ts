// What experiments share: the data of all sizes, a target, a core, a folder of their own.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataFolderOf } from "../data/data-places.ts";
import { lockData } from "../data/lock.ts";
import { readFolder } from "../data/page-cache.ts";
import { prepareData } from "../data/prepare.ts";
import { callInProcess } from "./bare-process.ts";
import type { LessonTools } from "./conduct-lesson.ts";
import type { Experiment, ExperimentTools } from "./experiment.ts";
import { type ExperimentName, experiments } from "./experiments.ts";
import { type LessonSettings, rowsOf } from "./plan.ts";

/** A turn is so much shorter than the window of a trial. */
const TURNS_PER_WINDOW = 10;

export interface ExperimentSession extends AsyncDisposable {
  /** Makes an experiment and returns what it found. */
  readonly run: (name: ExperimentName) => Promise<unknown>;
}

/** Prepares what experiments need, and keeps others from the data meanwhile. */
export async function openExperiments(
  settings: LessonSettings,
  {
    dataRoot,
    openTarget,
    signal,
    onPreparing,
  }: Pick<LessonTools, "dataRoot" | "openTarget" | "signal" | "onPreparing">,
): Promise<ExperimentSession> {
  await using opened = new AsyncDisposableStack();
  opened.use(lockData(dataRoot));
  const target = opened.use(await openTarget(settings.approaches));
  for (const size of settings.sizes) {
    await prepareData({
      root: dataRoot,
      size,
      seed: settings.dataSeed,
      approaches: rowsOf(settings.approaches),
      databaseUrlOf: target.database?.urlOf,
      onProgress: onPreparing,
      signal,
    });
    for (const approach of ["seeded", ...settings.approaches])
      await readFolder(dataFolderOf(dataRoot, size, approach), signal);
  }
  const scratch = join(dataRoot, "lesson", "scratch");
  opened.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const tools: ExperimentTools = {
    sizes: settings.sizes,
    largest: Math.max(...settings.sizes),
    dataSeed: settings.dataSeed,
    seed: settings.seed,
    rounds: settings.blocks,
    turnMs: settings.durationMs / TURNS_PER_WINDOW,
    folderOf: (size, approach) => dataFolderOf(dataRoot, size, approach),
    scratch,
    target,
    signal,
    inProcess: (module, job, args) =>
      callInProcess(module, job, args, { cpus: target.placement.service, signal }),
  };
  const kept = opened.move();
  return {
    async run(name) {
      rmSync(scratch, { recursive: true, force: true });
      mkdirSync(scratch, { recursive: true });
      return (experiments[name] as Experiment<unknown>).run(tools);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
