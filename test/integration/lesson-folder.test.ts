// The folder of a lesson: blocks that become runs, and finding the lesson that is to go on.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  addBlock,
  addExperiment,
  createLesson,
  findLesson,
  listMissing,
  noteProgress,
  readEvidence,
  readRecord,
} from "../../lab/lesson/lesson-folder.ts";
import { type LessonSettings, listSteps } from "../../lab/lesson/plan.ts";
import { createResults } from "../../lab/measure/results.ts";
import { createFolder } from "../helpers/folder.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

const settings: LessonSettings = {
  sizes: [300, 3_000],
  approaches: ["map", "sqlite"],
  blocks: 2,
  connections: 50,
  warmupMs: 10,
  durationMs: 100,
  waitLimitMs: 1_000,
  countsCalls: false,
  seed: 9,
  dataSeed: 1,
};
const STARTED = new Date("2026-01-02T03:04:05Z");
const begin = (root: string, changes: Partial<LessonSettings> = {}, startedAt = STARTED) =>
  createLesson(root, startedAt, { ...settings, ...changes }, "npm run lesson");

/** Writes a run of one block as the bench does. */
function measureBlock(root: string, size: number, changes: Partial<typeof environment> = {}): string {
  const results = createResults(root, { ...environment, size, run: `part-${Math.random()}`, ...changes });
  for (const [index, approach] of settings.approaches.entries())
    results.append(measurementWith({ size, approach, trial: index + 1 }), `{"of":"${approach}"}`);
  return results.path;
}

describe("blocks of a lesson", () => {
  test("become one run per size, numbered like any other, with their raw output", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    for (const block of [2, 1]) addBlock(path, 300, block, measureBlock(folder.inFolder("parts"), 300));
    const [run] = readEvidence(path).runs;
    const trials = run?.measurements.map(({ trial, block, approach }) => `${trial} ${block} ${approach}`);
    assert.deepEqual(trials, ["1 2 map", "2 2 sqlite", "3 1 map", "4 1 sqlite"]);
    assert.deepEqual(readdirSync(join(path, run?.environment.run ?? "", "raw")).sort(), [
      "0001-block-2-map-read.json",
      "0002-block-2-sqlite-read.json",
      "0003-block-1-map-read.json",
      "0004-block-1-sqlite-read.json",
    ]);
    const { command, blocks, seed } = run?.environment ?? {};
    assert.deepEqual([command, blocks, seed], ["npm run lesson", 2, 9]);
    assert.deepEqual(readRecord(path).runs, [
      { size: 300, run: "2026-01-02T03-04-05-300", blocks: 2 },
      { size: 3_000, run: "2026-01-02T03-04-05-3000", blocks: 0 },
    ]);
  });

  test("of other sources, data or programs are refused, and nothing is changed", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    addBlock(path, 300, 1, measureBlock(folder.inFolder("parts"), 300));
    const before = JSON.stringify(readEvidence(path));
    const others = [{ commit: "fedcba" }, { dataSha256: "tea" }, { software: { node: "25.0.0" } }];
    for (const other of others) {
      const part = measureBlock(folder.inFolder("parts"), 300, other);
      assert.throws(() => addBlock(path, 300, 2, part), /cannot be compared; FRESH=1 begins a new lesson/);
    }
    assert.equal(JSON.stringify(readEvidence(path)), before);
  });

  test("say when files differed from the commit in one of them", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    for (const [index, isDirty] of [false, true, false].entries())
      addBlock(path, 300, index + 1, measureBlock(folder.inFolder("parts"), 300, { isDirty }));
    assert.equal(readEvidence(path).runs[0]?.environment.isDirty, true);
  });

  test("make a run that has ended when all of them are there", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    const endedAt = () => readEvidence(path).runs[0]?.environment.endedAt;
    const part = () => measureBlock(folder.inFolder("parts"), 300, { endedAt: "2026-01-02T09:00:00.000Z" });
    addBlock(path, 300, 2, part());
    assert.equal(endedAt(), null);
    addBlock(path, 300, 1, part());
    assert.equal(endedAt(), "2026-01-02T09:00:00.000Z");
  });
});

describe("a lesson", () => {
  test("knows which steps are missing, also when its last words were cut short", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    const steps = listSteps(settings);
    assert.equal(listMissing(path, steps).length, steps.length);
    addBlock(path, 3_000, 1, measureBlock(folder.inFolder("parts"), 3_000));
    const times = { startedAt: STARTED.toISOString(), endedAt: STARTED.toISOString() };
    addExperiment(path, { experiment: "loading", ...times, result: {}, mood: { canaryMs: 1, fsyncMs: 1 } });
    addExperiment(path, { experiment: "importing", ...times, error: "no room" });
    const isLeft = listMissing(path, steps).map((step) =>
      step.kind === "block" ? `${step.block} ${step.size}` : step.name,
    );
    assert.equal(isLeft.length, steps.length - 2);
    assert.ok(!isLeft.includes("1 3000") && !isLeft.includes("loading"));
    assert.ok(isLeft.includes("importing"), "a failed one is made again");
    assert.deepEqual(readRecord(path).experiments, ["loading"]);
    assert.equal(readRecord(path).endedAt, null);
  });

  test("has ended once and for all", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    noteProgress(path, new Date("2026-01-02T04:00:00Z"));
    noteProgress(path);
    assert.equal(readRecord(path).endedAt, "2026-01-02T04:00:00.000Z");
  });

  test("is never written over", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    const text = readFileSync(join(path, "lesson.json"), "utf8");
    assert.equal(begin(folder.path), `${path}-2`);
    assert.equal(readFileSync(join(path, "lesson.json"), "utf8"), text);
  });
});

describe("the lesson that goes on", () => {
  test("is the latest of the same settings, whatever its seed, unless one is asked for", () => {
    using folder = createFolder();
    const find = (changes: Partial<LessonSettings> = {}, seed?: number) =>
      findLesson(folder.path, { ...settings, ...changes, seed });
    assert.equal(findLesson(folder.inFolder("none"), { ...settings, seed: undefined }), null);
    const first = begin(folder.path);
    const second = begin(folder.path, { seed: 10 }, new Date("2026-01-03T00:00:00Z"));
    const other = begin(folder.path, { sizes: [300] }, new Date("2026-01-04T00:00:00Z"));
    assert.equal(find(), second);
    assert.equal(find({}, 9), first);
    assert.equal(find({}, 11), null);
    assert.equal(find({ sizes: [300] }), other);
    for (const changes of [
      { blocks: 3 },
      { durationMs: 99 },
      { dataSeed: 2 },
      { approaches: ["map" as const] },
    ])
      assert.equal(find(changes), null, JSON.stringify(changes));
  });

  test("is no folder without a record", () => {
    using folder = createFolder();
    const path = begin(folder.path);
    writeFileSync(join(folder.path, "lesson-zzz"), "");
    assert.equal(findLesson(folder.path, { ...settings, seed: undefined }), path);
    assert.ok(existsSync(path));
  });
});
