// What is kept of a selftest: results/selftest-<time>/selftest.json, written again after each check.
import { join } from "node:path";
import { describeMachine, type Machine } from "../machine/machine.ts";
import { replaceText } from "../measure/results.ts";
import { createRunFolder, nameTime } from "../measure/run-folder.ts";
import { describeSources, type Sources } from "../measure/sources.ts";
import type { Form } from "./check.ts";
import type { Outcome } from "./run-checks.ts";

/** selftest.json. docs/FORMATS.md explains every field. */
export interface SelftestRecord {
  readonly startedAt: string;
  /** The command that repeats it. */
  readonly command: string;
  readonly form: Form;
  readonly seed: number;
  readonly machine: Machine;
  readonly sources: Sources;
  readonly checks: readonly Outcome[];
}

/** Creates the folder of a selftest. Returns how to add to its record what became of a check. */
export function createRecord(
  root: string,
  about: Pick<SelftestRecord, "command" | "form" | "seed">,
): { readonly file: string; readonly add: (outcome: Outcome) => void } {
  const startedAt = new Date();
  const path = createRunFolder(root, `selftest-${nameTime(startedAt)}`);
  const file = join(path, "selftest.json");
  const described = {
    startedAt: startedAt.toISOString(),
    ...about,
    machine: describeMachine(),
    sources: describeSources(),
  };
  const checks: Outcome[] = [];
  return {
    file,
    add(outcome) {
      checks.push(outcome);
      const record: SelftestRecord = { ...described, checks };
      replaceText(file, `${JSON.stringify(record, null, 2)}\n`);
    },
  };
}
