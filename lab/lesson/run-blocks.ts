// A lesson measures each size block by block, and keeps the blocks of a size together as one run, like any other.
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { giveToOwnerOfFolder } from "../data/ownership.ts";
import type { Environment } from "../measure/environment.ts";
import { COUNTS, type RunData, readResults, replaceText } from "../measure/results.ts";
import type { LessonRecord } from "./lesson-folder.ts";

/** What may not differ between blocks of one run. */
const SAME = ["commit", "lockFileSha256", "dataSha256", "software", "generator", "mode"] as const;

/**
 * Adds a run of one block to the run of a lesson, as its block of this number. A reader sees all of the block or nothing.
 * @throws Error when it was measured with other sources, data or programs than the blocks before it
 */
export function moveBlock(
  from: string,
  to: string,
  block: number,
  { command, settings }: Pick<LessonRecord, "command" | "settings">,
): void {
  const part = readResults(from);
  const whole = existsSync(join(to, "environment.json"))
    ? readResults(to)
    : beginRun(part, to, command, settings);
  const difference = SAME.find((key) => show(whole.environment, key) !== show(part.environment, key));
  if (difference !== undefined) {
    const [was, is] = [whole, part].map(({ environment }) => show(environment, difference));
    throw new Error(
      `${difference} was ${was} when this lesson was begun, and is ${is}: such blocks cannot be compared; FRESH=1 begins a new lesson`,
    );
  }
  const before = whole.measurements.length;
  const added = part.measurements.map((trial) => ({ ...trial, block, trial: before + trial.trial }));
  moveRaw(from, to, block, before);
  if (part.counts !== null) renameSync(join(from, COUNTS), join(to, COUNTS));
  const blocks = new Set([...whole.measurements, ...added].map((trial) => trial.block)).size;
  writeEnvironment(to, {
    ...whole.environment,
    // Somebody who edits a file meanwhile need not lose a lesson, but it has to say so.
    isDirty: whole.environment.isDirty || part.environment.isDirty,
    endedAt: blocks === settings.blocks ? (part.environment.endedAt ?? null) : null,
  });
  const lines = [...whole.measurements, ...added].map((trial) => `${JSON.stringify(trial)}\n`);
  replaceText(join(to, "measurements.jsonl"), lines.join(""));
}

function show(environment: Environment, key: (typeof SAME)[number]): string {
  return JSON.stringify(environment[key]);
}

function beginRun(
  { environment }: RunData,
  to: string,
  command: string,
  { blocks, seed }: LessonRecord["settings"],
): RunData {
  mkdirSync(join(to, "raw"), { recursive: true });
  giveToOwnerOfFolder(to);
  const own = { ...environment, run: basename(to), command, blocks, seed, endedAt: null };
  replaceText(join(to, "measurements.jsonl"), "");
  writeEnvironment(to, own);
  return { environment: own, measurements: [], counts: null };
}

function writeEnvironment(to: string, environment: Environment): void {
  replaceText(join(to, "environment.json"), `${JSON.stringify(environment, null, 2)}\n`);
}

/** Renames the load generator's outputs, `<trial>-block-<block>-<what>.json`, to their places in the run. */
function moveRaw(from: string, to: string, block: number, before: number): void {
  for (const name of readdirSync(join(from, "raw"))) {
    const [, trial, what] = /^(\d+)-block-\d+-(.*)$/.exec(name) as unknown as [string, string, string];
    const number = String(before + Number(trial)).padStart(4, "0");
    renameSync(join(from, "raw", name), join(to, "raw", `${number}-block-${block}-${what}`));
  }
}
