// A control group of the lab's own: what runs in it has so much memory and no more, the pages of files that it reads
// included. Only root may make one.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readSystemText } from "../machine/system-text.ts";
import {
  findGroupPlace,
  GROUP_FILES,
  type GroupFigures,
  type GroupPlace,
  readGroupFigures,
} from "./group-files.ts";

const PREFIX = "lab-memory-";
/** A group is busy for a moment after the last of its processes has ended. */
const REMOVE_TRIES = 250;
const RETRY_MS = 20;
const TRY_BYTES = 64 * 2 ** 20;
/** Moves itself before it becomes the program, so that nothing of that is outside. */
const ENTER = 'echo $$ > "$0" && exec "$@"';

export interface ControlGroup extends AsyncDisposable {
  /** What to put before a command for it to run in here. */
  readonly enter: readonly string[];
  /** Moves a process here, if it still runs; what it has in memory by now stays where it was. */
  readonly add: (pid: number) => void;
  readonly listProcesses: () => readonly number[];
  readonly readFigures: () => GroupFigures;
  /** Gives up all pages of files that can be read again. */
  readonly dropCache: () => void;
}

let made = 0;

/** Makes a group. When it is disposed of, what is left in it is ended. */
export function makeControlGroup(place: GroupPlace, limitBytes: number): ControlGroup {
  const name = `${PREFIX}${process.pid}-${made++}`;
  const folder = join(place.parent, name);
  const files = GROUP_FILES[place.version];
  const processes = join(folder, "cgroup.procs");
  const dropCache = () => tryToWrite(join(folder, files.reclaim.name), files.reclaim.toText(limitBytes));
  mkdirSync(folder);
  try {
    for (const { name, toText, isOptional } of files.limits)
      if (!isOptional || existsSync(join(folder, name)))
        writeFileSync(join(folder, name), toText(limitBytes));
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return {
    enter: ["sh", "-c", ENTER, processes],
    add: (pid) => unlessGone(() => writeFileSync(processes, String(pid))),
    listProcesses: () => listProcesses(folder),
    readFigures: () => readGroupFigures(place, name, readSystemText),
    dropCache,
    async [Symbol.asyncDispose]() {
      // What stays in memory would be given to the group above, and found there by the next.
      dropCache();
      await removeGroup(folder);
    },
  };
}

function listProcesses(folder: string): number[] {
  const pids = readFileSync(join(folder, "cgroup.procs"), "latin1").split("\n").map(Number);
  // One that is in no sight of this process, as in another container, is listed as 0, which to a kill means this one.
  return pids.filter((pid) => pid > 0);
}

/** The system answers with an error when it could take out less than it was asked for, which is all that there is. */
function tryToWrite(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    if (!["EAGAIN", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

async function removeGroup(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    for (const pid of listProcesses(folder)) unlessGone(() => process.kill(pid, "SIGKILL"));
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (tries === REMOVE_TRIES) throw error;
    }
    await sleep(RETRY_MS);
  }
}

/** Does something to a process that may have ended. */
function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Finds where groups can be made, or says why they cannot. Tries it, and removes those that a lab left behind which was
 * killed itself. */
export async function findControlGroups(): Promise<GroupPlace | string> {
  if (process.platform !== "linux") return "only Linux has control groups";
  if (process.getuid?.() !== 0) return "only root may make control groups";
  const place = findGroupPlace(readSystemText);
  if (typeof place === "string") return place;
  try {
    await removeLeftovers(place.parent);
    await using group = makeControlGroup(place, TRY_BYTES);
    group.readFigures();
    return place;
  } catch (error) {
    return (error as Error).message;
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeGroup(join(parent, name));
  }
}
