// The folder of a lesson: lesson.json, a run folder per size, experiments.jsonl. Written as it goes; what it says is
// finished is on the disk.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { listLatestOutcomes } from "../crash/latest-outcomes.ts";
import { crashRecords } from "../crash/record.ts";
import type { MoodFigures } from "../measure/mood.ts";
import { nameRun, readResults, replaceText } from "../measure/results.ts";
import { createRunFolder, nameTime, sortRuns } from "../measure/run-folder.ts";
import { memoryRecords } from "../memory/record.ts";
import { findWriters } from "../writers/run-folder.ts";
import type { Evidence } from "./evidence.ts";
import type { ExperimentName, ExperimentResults } from "./experiments.ts";
import type { LessonSettings, Step } from "./plan.ts";
import { moveBlock } from "./run-blocks.ts";

/** lesson.json. */
export interface LessonRecord {
  /** Name of the folder. */
  readonly lesson: string;
  readonly startedAt: string;
  /** Null until everything is measured. */
  readonly endedAt: string | null;
  /** The command that repeats the lesson. */
  readonly command: string;
  readonly settings: LessonSettings;
  /** The run of each size, by the name of its folder, and how many of its blocks are there. */
  readonly runs: readonly { readonly size: number; readonly run: string; readonly blocks: number }[];
  /** Experiments with a result. */
  readonly experiments: readonly string[];
}

/** A line of experiments.jsonl: one of `result` and `error`. */
export interface ExperimentRecord {
  readonly experiment: ExperimentName;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result?: unknown;
  /** What the machine was like, of an experiment with a result. */
  readonly mood?: MoodFigures;
  readonly error?: string;
}

const PREFIX = "lesson-";
const RECORD = "lesson.json";
const EXPERIMENTS = "experiments.jsonl";

/** Creates the folder of a lesson. */
export function createLesson(
  root: string,
  startedAt: Date,
  settings: LessonSettings,
  command: string,
): string {
  const path = createRunFolder(root, `${PREFIX}${nameTime(startedAt)}`);
  const runs = settings.sizes.map((size) => ({ size, run: nameRun(startedAt, size), blocks: 0 }));
  const begun = { lesson: basename(path), startedAt: startedAt.toISOString(), endedAt: null };
  writeRecord(path, { ...begun, command, settings, runs, experiments: [] });
  return path;
}

export function readRecord(path: string): LessonRecord {
  return JSON.parse(readFileSync(join(path, RECORD), "utf8")) as LessonRecord;
}

function writeRecord(path: string, record: LessonRecord): void {
  replaceText(join(path, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

/** Returns the latest lesson of these settings; null when there is none. A seed that nobody asked for may be any. */
export function findLesson(
  root: string,
  settings: Omit<LessonSettings, "seed"> & { readonly seed: number | undefined },
): string | null {
  const names = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith(PREFIX)) : [];
  const paths = names.map((name) => join(root, name)).filter((path) => existsSync(join(path, RECORD)));
  const isSame = (path: string) => {
    const { settings: own } = readRecord(path);
    return JSON.stringify({ ...own, ...settings, seed: settings.seed ?? own.seed }) === JSON.stringify(own);
  };
  return sortRuns(paths).findLast(isSame) ?? null;
}

/** Reads what a lesson has measured so far, and what the experiments beside it have. @throws Error that names a file that
 * cannot be read */
export function readEvidence(path: string): Evidence {
  const measured = readMeasured(path);
  const machine = measured.runs[0]?.environment.machine;
  if (machine === undefined) return { ...measured, writers: [], crash: [], memory: [] };
  const root = dirname(path);
  return {
    ...measured,
    writers: findWriters(root, machine),
    crash: listLatestOutcomes(crashRecords.findAll(root, machine)),
    memory: memoryRecords.findAll(root, machine),
  };
}

/** Reads what a lesson itself has measured so far. */
function readMeasured(path: string): Pick<Evidence, "runs" | "experiments" | "moods"> {
  const runs = readRecord(path)
    .runs.filter(({ run }) => existsSync(join(path, run, "environment.json")))
    .map(({ run }) => readResults(join(path, run)));
  const good = readExperiments(path).filter(({ error }) => error === undefined);
  const results = Object.fromEntries(good.map(({ experiment, result }) => [experiment, result]));
  const moods = Object.fromEntries(good.map(({ experiment, mood }) => [experiment, mood]));
  return { runs, experiments: results as Partial<ExperimentResults>, moods };
}

export function readExperiments(path: string): ExperimentRecord[] {
  const file = join(path, EXPERIMENTS);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ExperimentRecord);
}

/** Adds what an experiment gave; it is on the disk when this returns. */
export function addExperiment(path: string, record: ExperimentRecord): void {
  const lines = [...readExperiments(path), record].map((one) => `${JSON.stringify(one)}\n`);
  replaceText(join(path, EXPERIMENTS), lines.join(""));
  noteProgress(path);
}

/** Adds a block that was measured in a folder of its own to the run of its size. */
export function addBlock(path: string, size: number, block: number, measured: string): void {
  const record = readRecord(path);
  const run = record.runs.find((one) => one.size === size)?.run as string;
  moveBlock(measured, join(path, run), block, record);
  noteProgress(path);
}

/** Returns the steps that have no result yet. */
export function listMissing(path: string, steps: readonly Step[]): Step[] {
  const { runs, experiments } = readMeasured(path);
  const blocks = new Map(
    runs.map(({ environment, measurements }) => [
      environment.size,
      new Set(measurements.map((one) => one.block)),
    ]),
  );
  return steps.filter((step) =>
    step.kind === "block" ? !blocks.get(step.size)?.has(step.block) : experiments[step.name] === undefined,
  );
}

/** Writes down what is there by now. @param endedAt when everything is */
export function noteProgress(path: string, endedAt: Date | null = null): void {
  const { runs, experiments } = readMeasured(path);
  const record = readRecord(path);
  const blocksOf = (size: number) =>
    runs.find(({ environment }) => environment.size === size)?.measurements.map(({ block }) => block) ?? [];
  writeRecord(path, {
    ...record,
    endedAt: record.endedAt ?? endedAt?.toISOString() ?? null,
    runs: record.runs.map((run) => ({ ...run, blocks: new Set(blocksOf(run.size)).size })),
    experiments: Object.keys(experiments),
  });
}

/** The folder in which a block is measured until it is whole. One that is left over from a stop is emptied. */
export function makeBlockFolder(path: string): string {
  const folder = join(path, "unfinished");
  rmSync(folder, { recursive: true, force: true });
  return folder;
}
