import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { createResults, findRun, nameRun, readResults } from "../../lab/measure/results.ts";
import { createFolder } from "../helpers/folder.ts";
import { countsWith, environment, measurementWith } from "../helpers/measurements.ts";

test("a run is named by its start in UTC and its size", () => {
  assert.equal(nameRun(new Date("2026-01-02T03:04:05.678Z"), 1_000), "2026-01-02T03-04-05-1000");
});

test("what was appended is read back, and the raw output lies beside it", () => {
  using folder = createFolder();
  const results = createResults(folder.path, environment);
  const measurements = [measurementWith({ trial: 1 }), measurementWith({ trial: 2, approach: "linear" })];
  for (const measurement of measurements) results.append(measurement, `{"of":${measurement.trial}}`);
  assert.deepEqual(readResults(results.path), { environment, measurements, counts: null });
  assert.deepEqual(readdirSync(`${results.path}/raw`).sort(), [
    "0001-block-1-map-read.json",
    "0002-block-1-linear-read.json",
  ]);
});

test("what a request does is read back, where it was counted", () => {
  using folder = createFolder();
  const results = createResults(folder.path, environment);
  results.append(measurementWith(), "");
  assert.equal(readResults(results.path).counts, null);
  results.writeCounts([countsWith()]);
  assert.deepEqual(readResults(results.path).counts, [countsWith()]);
});

test("a run never writes into the folder of another", () => {
  using folder = createFolder();
  const first = createResults(folder.path, environment);
  first.append(measurementWith(), "");
  assert.throws(() => createResults(folder.path, environment), /EEXIST/);
  assert.equal(readResults(first.path).measurements.length, 1);
});

test("a line whose writing was cut short is left out; a bad one before it is named", () => {
  using folder = createFolder();
  const results = createResults(folder.path, environment);
  results.append(measurementWith(), "");
  const file = `${results.path}/measurements.jsonl`;
  appendFileSync(file, '{"approach":"li');
  assert.equal(readResults(results.path).measurements.length, 1);
  writeFileSync(file, `${readFileSync(file, "utf8")}\n{}\n`);
  assert.throws(() => readResults(results.path), /measurements\.jsonl, line 2: /);
});

test("a run without a finished trial is said to have none", () => {
  using folder = createFolder();
  const { path } = createResults(folder.path, environment);
  assert.throws(() => readResults(path), /measurements\.jsonl does not exist: no trial/);
});

test("a run is found by name, by path, or as the latest", () => {
  using folder = createFolder();
  const older = createResults(folder.path, { ...environment, run: "2025-01-01T00-00-00-10000" }).path;
  const latest = createResults(folder.path, environment).path;
  assert.equal(findRun(folder.path, undefined), latest);
  assert.equal(findRun(folder.path, "2025-01-01T00-00-00-10000"), older);
  assert.equal(findRun(folder.path, older), older);
  assert.throws(() => findRun(folder.path, "other"), /no run other; .* has 2025-01-01T00-00-00-10000, 2026/);
  assert.throws(() => findRun(folder.inFolder("empty"), undefined), /has no runs yet; make bench makes one/);
});
