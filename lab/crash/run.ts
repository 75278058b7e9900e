// One run of the crash experiments: every case, one after the other, and a folder of results.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Approaches } from "../../services/approaches/approach.ts";
import { makeOwnedFolder } from "../data/ownership.ts";
import { describeDisk } from "../machine/disk.ts";
import { describeMachine } from "../machine/machine.ts";
import { probeSync } from "../machine/sync-probe.ts";
import { describeSources } from "../measure/sources.ts";
import type { Case, Experiment } from "./experiment.ts";
import { type CrashRecord, createCrashFolder, nameCrash, type Outcome, writeCrash } from "./record.ts";
import { type Listeners, runCases } from "./run-cases.ts";
import { listSubjects } from "./subjects.ts";

export interface CrashPlan {
  readonly experiments: readonly Experiment[];
  readonly approaches: Approaches;
  readonly seed: number;
  readonly isFull: boolean;
  /** The command that repeats the run. */
  readonly command: string;
}

export interface CrashTools extends Pick<Listeners, "onCase" | "onOutcome"> {
  /** Folder on the disk that is asked about. */
  readonly dataRoot: string;
  readonly resultsRoot: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Lists all cases of a plan, in the order in which they are made. */
export async function listCases(
  { experiments, approaches, seed, isFull }: CrashPlan,
  folder: string,
): Promise<Case[]> {
  const subjects = await listSubjects(approaches);
  const lists = [];
  for (const { listCases } of experiments) lists.push(await listCases(subjects, { folder, seed, isFull }));
  return lists.flat();
}

/** Makes a folder that is gone afterwards, with all that was in it. */
export function makeCrashFolder(dataRoot: string): Disposable & { readonly path: string } {
  makeOwnedFolder(dataRoot);
  const path = mkdtempSync(join(dataRoot, "crash-"));
  // A database server that is not root must be able to enter.
  chmodSync(path, 0o755);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes a run. Whatever ends it, its processes are stopped, its mounts undone, and what was found is kept.
 * @returns also of a run that was stopped: its `endedAt` is null */
export async function runCrash(
  plan: CrashPlan,
  tools: CrashTools,
): Promise<{ readonly path: string; readonly record: CrashRecord }> {
  const startedAt = new Date();
  using folder = makeCrashFolder(tools.dataRoot);
  const cases = await listCases(plan, folder.path);
  const run = nameCrash(startedAt);
  const path = createCrashFolder(tools.resultsRoot, run);
  const outcomes: Outcome[] = [];
  const described = {
    ...{ run, startedAt: startedAt.toISOString(), command: plan.command, seed: plan.seed },
    form: plan.isFull ? ("full" as const) : ("short" as const),
    machine: describeMachine(),
    disk: describeDisk(folder.path),
    fdatasync: probeSync(folder.path),
    software: { node: process.versions.node, sqlite: process.versions.sqlite as string },
    ...describeSources(),
  };
  const save = (endedAt: Date | null): CrashRecord => {
    const record = { ...described, endedAt: endedAt?.toISOString() ?? null, outcomes };
    writeCrash(path, record);
    return record;
  };
  save(null);
  const stage = { ...plan, folder: folder.path, signal: tools.signal, onProgress: tools.onProgress };
  try {
    await runCases(cases, stage, {
      onCase: tools.onCase,
      onOutcome(outcome) {
        outcomes.push(outcome);
        save(null);
        tools.onOutcome(outcome);
      },
    });
  } catch (error) {
    if (!tools.signal.aborted) throw error;
    return { path, record: save(null) };
  }
  return { path, record: save(new Date()) };
}
