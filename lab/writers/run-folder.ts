// The folder of an experiment with several writers: writers.json and the histories, written as it goes.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { giveToOwnerOfFolder, makeOwnedFolder } from "../data/ownership.ts";
import { isSameMachine } from "../machine/machine.ts";
import { replaceText } from "../measure/results.ts";
import { checkShape } from "../shape.ts";
import { type WritersRecord, writersShape } from "./record.ts";

const PREFIX = "writers-";
const RECORD = "writers.json";
export const HISTORIES = "histories";

/** Returns the name of a run: when it started, in UTC. */
export function nameWriters(startedAt: Date): string {
  return `${PREFIX}${startedAt.toISOString().slice(0, 19).replaceAll(":", "-")}`;
}

/** Creates the folder of a run. @throws Error when there is one already */
export function createWritersFolder(root: string, run: string): string {
  const path = join(root, run);
  makeOwnedFolder(root);
  mkdirSync(path);
  mkdirSync(join(path, HISTORIES));
  giveToOwnerOfFolder(path);
  return path;
}

/** Writes what there is by now; it is on the disk when this returns. */
export function writeWriters(path: string, record: WritersRecord): void {
  const file = join(path, RECORD);
  replaceText(file, `${JSON.stringify(checkShape(writersShape, record, file), null, 1)}\n`);
}

/** @throws Error that names the file and the field that cannot be read */
export function readWriters(path: string): WritersRecord {
  const file = join(path, RECORD);
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  return checkShape(writersShape, JSON.parse(readFileSync(file, "utf8")), file);
}

/** Returns the latest finished run that was made on such a machine; null when there is none. Runs that this version of the
 * lab cannot read are passed over. */
export function findWriters(root: string, machine: WritersRecord["machine"]): WritersRecord | null {
  const names = existsSync(root) ? readdirSync(root).filter((name) => name.startsWith(PREFIX)) : [];
  for (const name of names.sort().reverse()) {
    const record = tryRead(join(root, name));
    if (record !== null && record.endedAt !== null && isSameMachine(record.machine, machine)) return record;
  }
  return null;
}

function tryRead(path: string): WritersRecord | null {
  try {
    return readWriters(path);
  } catch {
    return null;
  }
}
