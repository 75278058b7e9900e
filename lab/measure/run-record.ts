// The folder of one run of an experiment, `<kind>-<time>`, and the record in it, `<kind>.json`: written again as the run goes
// on, so that whatever ends it, what was found is kept.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import { describeMachine, isSameMachine, type Machine, machineShape } from "../machine/machine.ts";
import { checkShape } from "../shape.ts";
import { replaceText } from "./results.ts";
import { createRunFolder, nameTime, sortRuns } from "./run-folder.ts";
import { describeSources } from "./sources.ts";

/** What the records of all kinds tell of their run. */
export const runFields = {
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** Null while it goes on, and of one that was stopped. */
  endedAt: z.iso.datetime().nullable(),
  /** The command that repeats it. */
  command: z.string(),
  form: z.enum(["short", "full"]),
  seed: z.int(),
  machine: machineShape,
  commit: z.string(),
  isDirty: z.boolean(),
  lockFileSha256: z.string(),
};

interface RunRecord {
  readonly endedAt: string | null;
  readonly machine: Machine;
}

/** Returns what writes and finds the records of one kind. */
export function keepRecords<Kept extends RunRecord>(kind: string, shape: z.ZodType<Kept>) {
  const fileIn = (path: string) => join(path, `${kind}.json`);

  /** Creates the folder of a run, whose name is the run's. */
  function createFolder(root: string, startedAt: Date): string {
    return createRunFolder(root, `${kind}-${nameTime(startedAt)}`);
  }

  /** Writes what there is by now; it is on the disk when this returns. */
  function write(path: string, record: Kept): void {
    const file = fileIn(path);
    replaceText(file, `${JSON.stringify(checkShape(shape, record, file), null, 1)}\n`);
  }

  /** @throws Error that names the file and the field that cannot be read */
  function read(path: string): Kept {
    const file = fileIn(path);
    if (!existsSync(file)) throw new Error(`${file} does not exist`);
    return checkShape(shape, JSON.parse(readFileSync(file, "utf8")), file);
  }

  /** Returns the finished runs that were made on such a machine, the latest first. Runs that this version of the lab cannot
   * read are passed over. */
  function findAll(root: string, machine: Machine): Kept[] {
    const names = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith(`${kind}-`)) : [];
    const records = sortRuns(names)
      .toReversed()
      .flatMap((name) => tryRead(join(root, name)) ?? []);
    return records.filter((record) => record.endedAt !== null && isSameMachine(record.machine, machine));
  }

  function tryRead(path: string): Kept | null {
    try {
      return read(path);
    } catch {
      return null;
    }
  }

  return { createFolder, write, read, findAll };
}

/** What a run was asked for. */
export interface RunPlan {
  /** The command that repeats the run. */
  readonly command: string;
  readonly seed: number;
  readonly isFull: boolean;
}

/**
 * Makes a run whose record is a list of outcomes, and writes it again after each.
 * @param more what the record tells besides
 * @param make makes the run, and hands over each outcome
 * @returns also of a run that was stopped by the signal: its `endedAt` is null
 */
export async function recordOutcomes<Outcome, Kept extends RunRecord>(
  records: ReturnType<typeof keepRecords<Kept>>,
  {
    plan,
    resultsRoot,
    more,
    signal,
  }: {
    readonly plan: RunPlan;
    readonly resultsRoot: string;
    readonly more: Omit<Kept, keyof typeof runFields | "outcomes">;
    readonly signal: AbortSignal;
  },
  make: (onOutcome: (outcome: Outcome) => void) => Promise<void>,
): Promise<{ readonly path: string; readonly record: Kept }> {
  const startedAt = new Date();
  const path = records.createFolder(resultsRoot, startedAt);
  const outcomes: Outcome[] = [];
  const described = {
    ...{ run: basename(path), startedAt: startedAt.toISOString() },
    ...{ command: plan.command, seed: plan.seed },
    form: plan.isFull ? ("full" as const) : ("short" as const),
    machine: describeMachine(),
    ...describeSources(),
    ...more,
  };
  const save = (endedAt: Date | null): Kept => {
    const record = { ...described, endedAt: endedAt?.toISOString() ?? null, outcomes } as unknown as Kept;
    records.write(path, record);
    return record;
  };
  save(null);
  try {
    await make((outcome) => {
      outcomes.push(outcome);
      save(null);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    return { path, record: save(null) };
  }
  return { path, record: save(new Date()) };
}
