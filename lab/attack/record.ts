// attack.json: what became of services under attack. docs/FORMATS.md explains every field.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { giveToOwnerOfFolder, makeOwnedFolder } from "../data/ownership.ts";
import { machineShape } from "../machine/machine.ts";
import { replaceText } from "../measure/results.ts";
import { byName, checkShape, list, object } from "../shape.ts";

const RECORD = "attack.json";

const outcomeShape = object({
  attack: z.string(),
  approach: z.string(),
  must: z.enum(["hold", "fail", "show"]),
  outcome: z.enum(["passed", "failed", "not run"]),
  /** What should not have been. */
  wrong: list(z.string()),
  /** In words; of an attack that was not run, why. */
  measured: z.string(),
  figures: byName(z.number()),
  durationMs: z.int(),
});
export type Outcome = z.infer<typeof outcomeShape>;

const attackShape = object({
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
  outcomes: list(outcomeShape),
});
export type AttackRecord = z.infer<typeof attackShape>;

/** Creates the folder of a run, named after its start. @throws Error when there is one already */
export function createAttackFolder(
  root: string,
  startedAt: Date,
): { readonly run: string; readonly path: string } {
  const run = `attack-${startedAt.toISOString().slice(0, 19).replaceAll(":", "-")}`;
  const path = join(root, run);
  makeOwnedFolder(root);
  mkdirSync(path);
  giveToOwnerOfFolder(path);
  return { run, path };
}

/** Writes what there is by now; it is on the disk when this returns. */
export function writeAttack(path: string, record: AttackRecord): void {
  const file = join(path, RECORD);
  replaceText(file, `${JSON.stringify(checkShape(attackShape, record, file), null, 1)}\n`);
}
