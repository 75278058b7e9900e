// Data cut at every byte of its last three records, as a kill in the middle of a write leaves it; and damaged before that,
// as no kill leaves it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import type { User } from "../../services/storage/user.ts";
import { checkCut, openStoreOf, tryPlaces } from "./cut.ts";
import type { Case, Experiment, Finding, Must, Stage, Subject, Subjects } from "./experiment.ts";
import { tearLog } from "./tear-log.ts";
import { hasLog, tearStore } from "./tear-store.ts";

const USERS = 10;
/** Those at the end that are cut. */
const TORN = 3;
const FILE = "users.jsonl";

export const tear: Experiment = {
  name: "tear",
  summary: "a copy of the data cut at every byte of its last three records, and damaged before them",
  listCases: async ({ approaches, controls }: Subjects, { folder }) => [
    ...(await Promise.all(approaches.map((subject) => toCases(subject, folder)))).flat(),
    toCase(controls["no-repair"] as Subject, CUT, "fail", cutLines),
    toCase(controls["skip-bad-lines"] as Subject, CUT, "fail", cutLines),
  ],
};

const CUT = "records before the cut are there, the torn one is not, and the next one is there after a start";
const DAMAGE = "damage before the last records is refused, and its line and byte are named";

/** A cut is of the files: how much a write waits for is all the same, so the lesson's level stands for all. */
async function toCases(subject: Subject, folder: string): Promise<Case[]> {
  const { needs } = subject.row;
  if (subject.level !== "lesson" || needs.includes("database")) return [];
  if (needs.includes("users.jsonl"))
    return [toCase(subject, CUT, "hold", cutLines), toCase(subject, DAMAGE, "hold", damageLines)];
  if (needs.includes("users.db")) return [toCase(subject, CUT, "hold", tearLog)];
  return (await hasLog(subject, folder)) ? [toCase(subject, CUT, "hold", tearStore)] : [];
}

function toCase(
  subject: Subject,
  question: string,
  must: Must,
  run: (subject: Subject, stage: Stage) => Promise<Finding>,
): Case {
  const { name, level } = subject;
  return {
    experiment: tear.name,
    subject: name,
    level,
    question,
    must,
    lack: null,
    run: (stage) => run(subject, stage),
  };
}

/** A file of lines, and where each begins; the last place is the end of the file. */
function writeLines(): { readonly users: User[]; readonly bytes: Buffer; readonly starts: number[] } {
  const users = Array.from({ length: USERS }, (_, index) => {
    const user = seededUser(DEFAULT_SEED, index);
    // Characters of two, three and four bytes, so that cuts come in the middle of some.
    return { ...user, name: `${user.name} é漢🦊` };
  });
  const lines = users.map((user) => `${JSON.stringify(user)}\n`);
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) as number) + Buffer.byteLength(line));
  return { users, bytes: Buffer.from(lines.join("")), starts };
}

async function cutLines(subject: Subject, stage: Stage): Promise<Finding> {
  const { users, bytes, starts } = writeLines();
  const from = starts[USERS - TORN] as number;
  const cuts = Array.from({ length: bytes.length - from + 1 }, (_, index) => from + index);
  const tryOne = async (cut: number, folder: string) => {
    writeFileSync(join(folder, FILE), bytes.subarray(0, cut));
    // A record that lacks its newline alone is whole.
    const kept = users.filter((_, index) => (starts[index + 1] as number) - 1 <= cut);
    return checkCut(subject, folder, { kept, gone: users.slice(kept.length) });
  };
  return tryPlaces(stage, cuts, tryOne, "cuts");
}

async function damageLines(subject: Subject, stage: Stage): Promise<Finding> {
  const { users, bytes, starts } = writeLines();
  const places = Array.from({ length: starts[USERS - TORN] as number }, (_, index) => index);
  const tryOne = async (place: number, folder: string) => {
    const damaged = Buffer.from(bytes);
    // JSON has no such character anywhere, and it ends no line.
    damaged[place] = 0;
    writeFileSync(join(folder, FILE), damaged);
    const line = starts.findLastIndex((start) => start <= place) + 1;
    const expected = `${join(folder, FILE)}, line ${line}, byte ${starts[line - 1]}: `;
    const message = await readRefusal(subject, folder, users.at(-1) as User);
    return message.startsWith(expected) ? null : `expected a refusal with ${expected}; found ${message}`;
  };
  return tryPlaces(stage, places, tryOne, "damaged bytes");
}

/** Opens a damaged store and asks for the last user, who stands behind the damage. Returns with what it was refused. */
async function readRefusal(subject: Subject, folder: string, last: User): Promise<string> {
  try {
    await using store = await openStoreOf(subject, folder);
    return `an answer: ${JSON.stringify(await store.findById(last.id))}`;
  } catch (error) {
    if (error instanceof DamagedData) return error.message;
    throw error;
  }
}
