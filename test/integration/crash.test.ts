// The crash experiments in their short form, on real services: what must survive does, and what must not does not.
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { disk } from "../../lab/crash/disk.ts";
import type { Case, Experiment, Subjects } from "../../lab/crash/experiment.ts";
import { indexKill } from "../../lab/crash/index-kill.ts";
import { kill } from "../../lab/crash/kill.ts";
import { power } from "../../lab/crash/power.ts";
import type { Outcome } from "../../lab/crash/record.ts";
import { runCases } from "../../lab/crash/run-cases.ts";
import { speed } from "../../lab/crash/speed.ts";
import { listSubjects } from "../../lab/crash/subjects.ts";
import { tear } from "../../lab/crash/tear.ts";
import { approaches } from "../../services/approaches/index.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";

let folder: Folder;
let subjects: Subjects;
before(async () => {
  folder = createFolder();
  // PostgreSQL's server may be somebody else.
  chmodSync(folder.path, 0o755);
  subjects = await listSubjects(approaches);
});
after(() => folder[Symbol.dispose]());

const plan = () => ({ folder: folder.path, seed: 7, isFull: false });

async function run(one: Case): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  const stage = { ...plan(), onProgress: () => {} };
  await runCases(
    [one],
    { ...stage, signal: new AbortController().signal },
    {
      onCase: () => {},
      onOutcome: (found) => outcomes.push(found),
    },
  );
  return outcomes[0] as Outcome;
}

/** Makes those cases of an experiment that are chosen, and asserts that each passes where it can be run. */
async function assertPass(experiment: Experiment, isChosen: (one: Case) => boolean = () => true) {
  const cases = (await experiment.listCases(subjects, plan())).filter(isChosen);
  assert.ok(cases.length > 0);
  for (const one of cases) {
    const { outcome, measured } = await run(one);
    const name = `${one.subject} at ${one.level}, ${one.question}`;
    if (one.lack === null) assert.equal(outcome, "passed", `${name}: ${measured}`);
    else assert.deepEqual([outcome, measured], ["not run", one.lack], name);
  }
}

const among =
  (...names: string[]) =>
  ({ subject, level }: Case) =>
    names.includes(`${subject} ${level}`);
const isControl = ({ must, subject }: Case) => must === "fail" && subject in subjects.controls;

describe("cut or damaged anywhere", () => {
  test("lines and logs keep what is before the cut", () =>
    assertPass(tear, among("linear lesson", "map lesson", "sqlite lesson")));
  test("stores that repair nothing, or skip what they cannot read, are found out", () =>
    assertPass(tear, isControl));
});

describe("killed at moments of chance", () => {
  for (const name of ["linear lesson", "map power", "sqlite lesson", "postgres lesson", "lsm-small lesson"])
    test(`${name} keeps what was acknowledged`, () => assertPass(kill, among(name)));
  test("a store that answers before it writes is found out", () => assertPass(kill, isControl));
});

test("a power cut takes what was not synced, and nothing else", () =>
  assertPass(power, among("map process", "map power", "sqlite lesson", "postgres power", "lsm-small power")));

describe("a disk that is full, takes half of a write, or fails", () => {
  for (const name of [
    "linear lesson",
    "map power",
    "sqlite lesson",
    "lsm lesson",
    "leveldb lesson",
    "rocksdb lesson",
    "lmdb lesson",
  ])
    test(`${name}: is told of, and loses nothing`, () => assertPass(disk, among(name)));
});

describe("tools killed at moments of chance", () => {
  test("leave the old index or the new one, and what they began can be finished", () =>
    assertPass(indexKill));
});

test("what a level costs is measured", async () => {
  const cases = await speed.listCases(subjects, plan());
  const { figures } = await run(cases.find(among("map power")) as Case);
  assert.ok((figures.writesPerSecondOf50 as number) > (figures.writesPerSecondOf1 as number));
  assert.equal(figures.errorsOf50, 0);
});
