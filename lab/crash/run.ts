// One run of the crash experiments: every case, one after the other, and a folder of results.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Approaches } from "../../services/approaches/approach.ts";
import { makeOwnedFolder } from "../data/ownership.ts";
import { describeDisk } from "../machine/disk.ts";
import { probeSync } from "../machine/sync-probe.ts";
import { type RunPlan, recordOutcomes } from "../measure/run-record.ts";
import { makeOpenFolder } from "../targets/postgres-place.ts";
import type { Case, Experiment } from "./experiment.ts";
import { type CrashRecord, crashRecords, type Outcome } from "./record.ts";
import { type Listeners, runCases } from "./run-cases.ts";
import { listSubjects } from "./subjects.ts";

export interface CrashPlan extends RunPlan {
  readonly experiments: readonly Experiment[];
  readonly approaches: Approaches;
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
  const path = makeOpenFolder(join(dataRoot, "crash-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes a run. Whatever ends it, its processes are stopped, its mounts undone, and what was found is kept.
 * @returns also of a run that was stopped: its `endedAt` is null */
export async function runCrash(
  plan: CrashPlan,
  { dataRoot, resultsRoot, signal, ...tools }: CrashTools,
): Promise<{ readonly path: string; readonly record: CrashRecord }> {
  using folder = makeCrashFolder(dataRoot);
  const cases = await listCases(plan, folder.path);
  const more = {
    disk: describeDisk(folder.path),
    fdatasync: probeSync(folder.path),
    software: { node: process.versions.node, sqlite: process.versions.sqlite as string },
  };
  const stage = { ...plan, folder: folder.path, signal, onProgress: tools.onProgress };
  return await recordOutcomes<Outcome, CrashRecord>(
    crashRecords,
    { plan, resultsRoot, more, signal },
    (keep) =>
      runCases(cases, stage, {
        onCase: tools.onCase,
        onOutcome(outcome) {
          keep(outcome);
          tools.onOutcome(outcome);
        },
      }),
  );
}
