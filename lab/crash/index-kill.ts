// The tools that make data, killed at moments of chance: a reader sees the old index or the new one and never a mixture,
// and the next run finishes what was begun.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startRandom } from "../../k6/lib/random.ts";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { approaches } from "../../services/approaches/index.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import { openStoreOf } from "./cut.ts";
import type { Case, Experiment, Finding, Must, Stage } from "./experiment.ts";
import { readPair } from "./index-pair.ts";
import { readWhileBuilding } from "./index-read.ts";
import { buildIndexInPlace, buildIndexOf, killJob, runJob } from "./killed-jobs.ts";
import { atAnyTime, whenChanged } from "./moments.ts";
import { filesIn, NEW_USERS, OLD_USERS, writeOldAndNew } from "./old-and-new.ts";
import { killPreparations } from "./prepare-kill.ts";

const ROUNDS = { short: 8, full: 60 };
/** The way that must be found out is killed until it is, so often at most. */
const CONTROL_MAX_ROUNDS = 60;
/** Users that a reader asks for, evenly spread. */
const ASKED = 50;
/** Each has its own way of finding out that its files are other ones. */
const READERS = ["binary", "binary-held", "binary-cached"] as const;

type Build = typeof buildIndexOf | typeof buildIndexInPlace;

export const indexKill: Experiment = {
  name: "index",
  summary: "build-index and prepare-data killed at moments of chance, and run while a service reads",
  listCases: () => [
    toCase("build-index", "killed, it leaves the old index or the new one, and all users", "hold", (stage) =>
      killBuilds(stage, buildIndexOf, stage.isFull ? ROUNDS.full : ROUNDS.short),
    ),
    toCase(
      "build-index in place",
      "killed, it leaves the old index or the new one, and all users",
      "fail",
      (stage) => killBuilds(stage, buildIndexInPlace, CONTROL_MAX_ROUNDS, ({ mixed }) => mixed > 0),
    ),
    ...READERS.map((approach) =>
      toCase(approach, "while build-index runs, no answer of the service is wrong", "hold", (stage) =>
        readWhileBuilding(approach, stage),
      ),
    ),
    toCase("prepare-data", "killed and run again, all of it is there and whole", "hold", killPreparations),
  ],
};

function toCase(subject: string, question: string, must: Must, run: Case["run"]): Case {
  return { experiment: indexKill.name, subject, level: null, question, must, lack: null, run };
}

const pathsOf = (folder: string) => {
  const { dataFile, indexFile } = filesIn(folder);
  return [dataFile, indexFile] as const;
};

interface Counts {
  old: number;
  new: number;
  between: number;
  mixed: number;
  unfinished: number;
}

/** @param isEnough ends the rounds before `maxRounds` */
async function killBuilds(
  stage: Stage,
  build: Build,
  maxRounds: number,
  isEnough: (count: Counts) => boolean = () => false,
): Promise<Finding> {
  const { signal, onProgress } = stage;
  const random = startRandom(stage.seed);
  const before = await writeOldAndNew(stage.folder);
  const whole = join(before, "whole");
  copyPair(before, whole);
  const tookMs = await runJob(build, filesIn(whole), signal);
  const count: Counts = { old: 0, new: 0, between: 0, mixed: 0, unfinished: 0 };
  let rounds = 0;
  for (; rounds < maxRounds && !isEnough(count); rounds++) {
    onProgress(rounds, maxRounds);
    const folder = join(before, "round");
    copyPair(before, folder);
    // The files change in the last moments of the work only, so half of the kills wait for these.
    const moment = rounds % 2 === 0 ? whenChanged(random, pathsOf(folder)) : atAnyTime(random, tookMs);
    await killJob(build, filesIn(folder), moment, signal);
    count[await judgePair(folder)]++;
    await runJob(buildIndexOf, filesIn(folder), signal).catch(() => 0);
    const { isOne, entries, records } = readPair(...pathsOf(folder));
    if (!isOne || entries !== NEW_USERS || records !== NEW_USERS) count.unfinished++;
  }
  const { old, new: made, between, mixed, unfinished } = count;
  return {
    holds: mixed + unfinished === 0,
    measured:
      `${rounds} kills: ${old} times the old index, ${made} times the new one, ${between} times new data before its index ` +
      `(refused, never answered wrongly), ${mixed} times a mixture or users gone; ${unfinished} could not be finished by the next run`,
    figures: { rounds, old, new: made, between, mixed, unfinished },
  };
}

function copyPair(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const name of ["users.jsonl", "users.idx"]) cpSync(join(from, name), join(to, name));
}

/** Says what a kill has left, by the files and by what a reader is answered. */
async function judgePair(folder: string): Promise<"old" | "new" | "between" | "mixed"> {
  const { records, badLines, entries, isOne } = readPair(...pathsOf(folder));
  if (records !== NEW_USERS || badLines > 0) return "mixed";
  if (isOne) return entries === OLD_USERS ? "old" : entries === NEW_USERS ? "new" : "mixed";
  return (await answersWrongly(folder)) ? "mixed" : "between";
}

/** Whether a store that is opened on these files answers anything but the right user. A refusal is no answer. */
async function answersWrongly(folder: string): Promise<boolean> {
  const subject = { name: "binary", row: approaches.binary, level: "lesson" } as const;
  try {
    await using store = await openStoreOf(subject, folder);
    const asked = Array.from({ length: ASKED }, (_, index) =>
      seededUser(DEFAULT_SEED, index * (NEW_USERS / ASKED)),
    );
    const answers = await Promise.all(
      asked.map(async (user) => {
        try {
          const found = await store.findById(user.id);
          return found === null || JSON.stringify(found) === JSON.stringify(user);
        } catch (error) {
          if (error instanceof DamagedData) return true;
          throw error;
        }
      }),
    );
    return answers.includes(false);
  } catch (error) {
    if (error instanceof DamagedData) return false;
    throw error;
  }
}
