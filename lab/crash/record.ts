// crash.json: what became of acknowledged writes. docs/FORMATS.md explains every field.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { LEVELS } from "../../services/storage/user-store.ts";
import { giveToOwnerOfFolder, makeOwnedFolder } from "../data/ownership.ts";
import { diskShape } from "../machine/disk.ts";
import { isSameMachine, machineShape } from "../machine/machine.ts";
import { syncProbeShape } from "../machine/sync-probe.ts";
import { replaceText } from "../measure/results.ts";
import { byName, checkShape, list, object } from "../shape.ts";

const PREFIX = "crash-";
const RECORD = "crash.json";

const outcomeShape = object({
  experiment: z.string(),
  /** Name of an approach or a control. */
  subject: z.string(),
  /** Null where it is about the lab's own tools. */
  level: z.enum(LEVELS).nullable(),
  question: z.string(),
  must: z.enum(["hold", "fail", "show"]),
  outcome: z.enum(["passed", "failed", "not run"]),
  /** In words; of a case that was not run, why. */
  measured: z.string(),
  figures: byName(z.number()),
  durationMs: z.int(),
});
export type Outcome = z.infer<typeof outcomeShape>;

const crashShape = object({
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** Null while it goes on, and of one that was stopped. */
  endedAt: z.iso.datetime().nullable(),
  /** The command that repeats it. */
  command: z.string(),
  form: z.enum(["short", "full"]),
  seed: z.int(),
  machine: machineShape,
  /** What the experiments' folder lies on. */
  disk: diskShape.nullable(),
  fdatasync: syncProbeShape,
  software: byName(z.string()),
  commit: z.string(),
  isDirty: z.boolean(),
  lockFileSha256: z.string(),
  outcomes: list(outcomeShape),
});
export type CrashRecord = z.infer<typeof crashShape>;

/** Returns the name of a run: when it started, in UTC. */
export function nameCrash(startedAt: Date): string {
  return `${PREFIX}${startedAt.toISOString().slice(0, 19).replaceAll(":", "-")}`;
}

/** Creates the folder of a run. @throws Error when there is one already */
export function createCrashFolder(root: string, run: string): string {
  const path = join(root, run);
  makeOwnedFolder(root);
  mkdirSync(path);
  giveToOwnerOfFolder(path);
  return path;
}

/** Writes what there is by now; it is on the disk when this returns. */
export function writeCrash(path: string, record: CrashRecord): void {
  const file = join(path, RECORD);
  replaceText(file, `${JSON.stringify(checkShape(crashShape, record, file), null, 1)}\n`);
}

/** @throws Error that names the file and the field that cannot be read */
export function readCrash(path: string): CrashRecord {
  const file = join(path, RECORD);
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  return checkShape(crashShape, JSON.parse(readFileSync(file, "utf8")), file);
}

/** Returns the latest finished run that was made on such a machine; null when there is none. Runs that this version of the
 * lab cannot read are passed over. */
export function findCrash(root: string, machine: CrashRecord["machine"]): CrashRecord | null {
  const names = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith(PREFIX)) : [];
  for (const name of names.sort().reverse()) {
    const record = tryRead(join(root, name));
    if (record !== null && record.endedAt !== null && isSameMachine(record.machine, machine)) return record;
  }
  return null;
}

function tryRead(path: string): CrashRecord | null {
  try {
    return readCrash(path);
  } catch {
    return null;
  }
}
