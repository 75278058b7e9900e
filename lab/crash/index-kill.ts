// The tools that make data, killed at moments of chance: a reader sees the old index or the new one and never a mixture,
// and the next run finishes what was begun.
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRandom } from "../../k6/lib/random.ts";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { approaches } from "../../services/approaches/index.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import { dataFolderOf } from "../data/prepare.ts";
import { openConversation } from "../load/conversation.ts";
import { startService } from "../targets/native-service.ts";
import { openStoreOf } from "./cut.ts";
import type { Case, Experiment, Finding, Must, Stage } from "./experiment.ts";
import { readPair } from "./index-pair.ts";
import { buildIndexInPlace, buildIndexOf, killJob, prepareFolders, runJob } from "./killed-jobs.ts";
import { atAnyTime, whenChanged } from "./moments.ts";

/** Users whose index there is; as many come behind them that are not in it. */
const OLD_USERS = 10_000;
const NEW_USERS = 2 * OLD_USERS;
const ROUNDS = { short: 8, full: 60 };
const PREPARATIONS = { short: 3, full: 30 };
/** Users that a reader asks for, evenly spread. */
const ASKED = 50;
const REBUILDS = { short: 2, full: 15 };
const PREPARED_USERS = 3_000;

type Build = typeof buildIndexOf | typeof buildIndexInPlace;

export const indexKill: Experiment = {
  name: "index",
  summary: "build-index and prepare-data killed at moments of chance, and run while a service reads",
  listCases: () => [
    toCase("build-index", "killed, it leaves the old index or the new one, and all users", "hold", (stage) =>
      killBuilds(stage, buildIndexOf),
    ),
    toCase(
      "build-index in place",
      "killed, it leaves the old index or the new one, and all users",
      "fail",
      (stage) => killBuilds(stage, buildIndexInPlace),
    ),
    toCase("build-index", "run while a service reads, no answer is wrong", "hold", readWhileBuilding),
    toCase("prepare-data", "killed and run again, all of it is there and whole", "hold", killPreparations),
  ],
};

function toCase(subject: string, question: string, must: Must, run: Case["run"]): Case {
  return { experiment: indexKill.name, subject, level: null, question, must, lack: null, run };
}

/** Writes users with an index, and as many behind them without. Returns the folder. */
async function writeOldAndNew(stage: Stage): Promise<string> {
  const folder = mkdtempSync(join(stage.folder, "index-"));
  const files = filesIn(folder);
  writeFileSync(files.dataFile, toLines(0, OLD_USERS));
  await buildIndexOf(files);
  appendFileSync(files.dataFile, toLines(OLD_USERS, NEW_USERS));
  return folder;
}

const filesIn = (folder: string) => ({
  dataFile: join(folder, "users.jsonl"),
  indexFile: join(folder, "users.idx"),
});

function toLines(from: number, to: number): string {
  const lines = Array.from({ length: to - from }, (_, index) =>
    JSON.stringify(seededUser(DEFAULT_SEED, from + index)),
  );
  return `${lines.join("\n")}\n`;
}

async function killBuilds(stage: Stage, build: Build): Promise<Finding> {
  const { signal, onProgress } = stage;
  const rounds = stage.isFull ? ROUNDS.full : ROUNDS.short;
  const random = startRandom(stage.seed);
  const before = await writeOldAndNew(stage);
  const whole = join(before, "whole");
  copyPair(before, whole);
  const tookMs = await runJob(build, filesIn(whole), signal);
  const count = { old: 0, new: 0, between: 0, mixed: 0, unfinished: 0 };
  for (let round = 0; round < rounds; round++) {
    onProgress(round, rounds);
    const folder = join(before, "round");
    copyPair(before, folder);
    // The files change in the last moments of the work only, so half of the kills wait for these.
    const moment = round % 2 === 0 ? whenChanged(random, pathsOf(folder)) : atAnyTime(random, tookMs);
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

const pathsOf = (folder: string) => [join(folder, "users.jsonl"), join(folder, "users.idx")] as const;

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

async function readWhileBuilding(stage: Stage): Promise<Finding> {
  const { signal, onProgress } = stage;
  const rebuilds = stage.isFull ? REBUILDS.full : REBUILDS.short;
  const folder = await writeOldAndNew(stage);
  await using service = await startService({ approach: "binary", dataDir: folder, signal });
  using conversation = await openConversation({ ...service, signal });
  let [built, reads, wrong, isOver] = [0, 0, 0, false];
  const build = async () => {
    for (; built < rebuilds; built++) {
      onProgress(built, rebuilds);
      // A user more makes the file unsorted, so that all of it is written anew.
      appendFileSync(join(folder, "users.jsonl"), toLines(NEW_USERS + built, NEW_USERS + built + 1));
      await runJob(buildIndexOf, filesIn(folder), signal);
    }
  };
  const read = async () => {
    while (!isOver) {
      const user = seededUser(DEFAULT_SEED, (reads * 7_919) % OLD_USERS);
      const { status, body } = await conversation.ask({
        method: "GET",
        path: `/users/${user.id}`,
        body: null,
      });
      reads++;
      if (status !== 200 || body !== JSON.stringify(user)) wrong++;
    }
  };
  const building = build().finally(() => {
    isOver = true;
  });
  await Promise.all([building, read()]);
  return {
    holds: wrong === 0 && reads > rebuilds,
    measured: `${reads} reads beside ${built} builds: ${wrong} wrong answers`,
    figures: { reads, built, wrong },
  };
}

async function killPreparations(stage: Stage): Promise<Finding> {
  const { signal, onProgress } = stage;
  const rounds = stage.isFull ? PREPARATIONS.full : PREPARATIONS.short;
  const random = startRandom(stage.seed);
  const folder = mkdtempSync(join(stage.folder, "prepare-"));
  const order = (root: string) => ({ root, size: PREPARED_USERS, seed: DEFAULT_SEED });
  const tookMs = await runJob(prepareFolders, order(join(folder, "whole")), signal);
  let [killed, faults] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    onProgress(round, rounds);
    const root = join(folder, "round");
    rmSync(root, { recursive: true, force: true });
    // Killed once and again: what the second one meets is what the first has left.
    for (let again = 0; again < 2; again++)
      if (await killJob(prepareFolders, order(root), atAnyTime(random, tookMs), signal)) killed++;
    await runJob(prepareFolders, order(root), signal);
    faults += await countPreparedFaults(root);
  }
  return {
    holds: faults === 0 && killed > 0,
    measured: `${killed} kills, each followed by a run to the end: ${faults} stores are not as they should be`,
    figures: { rounds, killed, faults },
  };
}

/** Opens what was prepared; returns how many of the stores are not whole. */
async function countPreparedFaults(root: string): Promise<number> {
  let faults = 0;
  for (const name of ["linear", "binary", "sqlite"] as const) {
    const subject = { name, row: approaches[name], level: "lesson" } as const;
    await using store = await openStoreOf(subject, dataFolderOf(root, PREPARED_USERS, name));
    const { recordsAtStart } = await store.describe();
    const last = seededUser(DEFAULT_SEED, PREPARED_USERS - 1);
    if (
      recordsAtStart !== PREPARED_USERS ||
      JSON.stringify({ ...(await store.findById(last.id)) }) !== JSON.stringify(last)
    )
      faults++;
  }
  return faults;
}
