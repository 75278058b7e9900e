// The tools that make data, killed at moments of chance: the next start serves the old index or the new one, never a mixture
// and without a manual step, and the next run finishes what was begun.
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
      (stage) =>
        killBuilds(stage, buildIndexInPlace, CONTROL_MAX_ROUNDS, ({ refused, mixed }) => refused + mixed > 0),
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

/** What a kill left, as the next start makes of it. `completed`: new data whose index that start put in place. */
const FATES = ["old", "new", "completed", "refused", "mixed"] as const;
type Fate = (typeof FATES)[number];
type Counts = Record<Fate | "unfinished", number>;

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
  const count: Counts = { old: 0, new: 0, completed: 0, refused: 0, mixed: 0, unfinished: 0 };
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
  const { old, new: made, completed, refused, mixed, unfinished } = count;
  return {
    holds: refused + mixed + unfinished === 0,
    measured:
      `${rounds} kills, and a start after each: ${old} times the old index, ${made} times the new one, ${completed} times the new one ` +
      `which the start put in place, ${refused} times a refusal, ${mixed} times a mixture or users gone; ` +
      `${unfinished} could not be finished by the next run`,
    figures: { rounds, ...count },
  };
}

function copyPair(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const name of ["users.jsonl", "users.idx"]) cpSync(join(from, name), join(to, name));
}

/** Says what a kill has left, by what the next start answers and by the files after it. */
export async function judgePair(folder: string): Promise<Fate> {
  const wasOne = isUsable(readPair(...pathsOf(folder)));
  const answers = await startAndAsk(folder);
  if (answers !== "right") return answers === "refused" ? "refused" : "mixed";
  const pair = readPair(...pathsOf(folder));
  if (!isUsable(pair)) return "mixed";
  if (!wasOne) return "completed";
  return pair.entries === OLD_USERS ? "old" : "new";
}

function isUsable({ records, badLines, entries, isOne }: ReturnType<typeof readPair>): boolean {
  return isOne && records === NEW_USERS && badLines === 0 && (entries === OLD_USERS || entries === NEW_USERS);
}

/** Opens a store on these files. Says whether each user of the old index is found and others are found or not there. */
async function startAndAsk(folder: string): Promise<"right" | "wrong" | "refused"> {
  const subject = { name: "binary", row: approaches.binary, level: "lesson" } as const;
  try {
    await using store = await openStoreOf(subject, folder);
    for (let asked = 0; asked < ASKED; asked++) {
      const index = asked * (NEW_USERS / ASKED);
      const user = seededUser(DEFAULT_SEED, index);
      const found = await store.findById(user.id);
      const isAbsent = found === null && index >= OLD_USERS;
      if (!isAbsent && JSON.stringify(found) !== JSON.stringify(user)) return "wrong";
    }
    return "right";
  } catch (error) {
    if (error instanceof DamagedData) return "refused";
    throw error;
  }
}
