// Finds what was measured on a machine: runs of the bench and of lessons, and the experiments with writers, orders, memory and crashes.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { crashRecords } from "../crash/record.ts";
import { isSameMachine, type Machine } from "../machine/machine.ts";
import { type RunData, readResults } from "../measure/results.ts";
import { sortRuns } from "../measure/run-folder.ts";
import { memoryRecords } from "../memory/record.ts";
import { readQuestions } from "../questions/record.ts";
import { findWriters } from "../writers/run-folder.ts";
import { gatherEvidence } from "./evidence.ts";
import type { Evidence } from "./judge.ts";
import type { OrdersRun } from "./shared-orders.ts";

/** Evidence, and what was left out of it. */
export interface FoundEvidence extends Evidence {
  readonly notes: readonly string[];
}

/**
 * Reads all results below a folder that this version of the lab can read.
 * @param anyMachine whether runs of the bench count that were made on others; experiments never do
 */
export function readEvidence(root: string, machine: Machine, anyMachine: boolean): FoundEvidence {
  const read = listRunFolders(root).map((path) => tryRead(() => readResults(path)));
  const runs = read.filter((run) => run !== null);
  const own = runs.filter(({ environment }) => isSameMachine(environment.machine, machine));
  const chosen = anyMachine ? runs : own;
  const [unreadable, others] = [read.length - runs.length, runs.length - own.length];
  const experiments = {
    writers: findWriters(root, machine),
    orders: findOrders(root, own),
    memory: memoryRecords.findAll(root, machine),
    crash: crashRecords.findAll(root, machine),
  };
  return {
    ...gatherEvidence(chosen, experiments),
    notes: [
      ...(others > 0 && anyMachine
        ? [`${others} runs are of other machines: their figures are mixed in, as was asked for.`]
        : []),
      ...(others > 0 && !anyMachine
        ? [`${others} runs of other machines are left out; ANY_MACHINE=1 mixes them in.`]
        : []),
      ...(unreadable > 0
        ? [
            `${unreadable} runs have no trials, or are of an older lab that wrote other files; they are left out.`,
          ]
        : []),
    ],
  };
}

/** Returns the runs that asked for orders, the latest first. */
function findOrders(root: string, runs: readonly RunData[]): OrdersRun[] {
  const byTime = runs.toSorted((a, b) => b.environment.startedAt.localeCompare(a.environment.startedAt));
  return byTime.flatMap((run) => {
    const questions = tryRead(() => readQuestions(join(root, run.environment.run)));
    return questions === null ? [] : { run, questions };
  });
}

/** Runs lie in the folder itself, and in the folder of a lesson. */
function listRunFolders(root: string): string[] {
  const isRun = (path: string) => existsSync(join(path, "environment.json"));
  const listFolders = (path: string) =>
    existsSync(path)
      ? readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? [join(path, entry.name)] : [],
        )
      : [];
  const folders = listFolders(root);
  const inside = folders.filter((path) => existsSync(join(path, "lesson.json"))).flatMap(listFolders);
  return sortRuns([...folders, ...inside].filter(isRun));
}

/** Null for what this version of the lab cannot read. */
function tryRead<Kept>(read: () => Kept): Kept | null {
  try {
    return read();
  } catch {
    return null;
  }
}
