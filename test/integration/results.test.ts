import assert from "node:assert/strict";
import { appendFileSync, chownSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Environment } from "../../lab/measure/environment.ts";
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

const isRoot = process.getuid?.() === 0;
test("what root writes belongs to whose folder it is in", { skip: !isRoot && "not run: takes root" }, () => {
  using folder = createFolder();
  chownSync(folder.path, 1234, 1234);
  const results = createResults(folder.path, environment);
  results.append(measurementWith(), "raw");
  results.writeCounts([countsWith()]);
  results.end(new Date());
  const names = readdirSync(results.path, { recursive: true, encoding: "utf8" });
  assert.equal(names.length, 5);
  for (const name of [".", ...names]) assert.equal(statSync(`${results.path}/${name}`).uid, 1234, name);
});

test("a run never writes into the folder of another", () => {
  using folder = createFolder();
  const first = createResults(folder.path, environment);
  first.append(measurementWith(), "");
  const second = createResults(folder.path, environment);
  assert.equal(readResults(first.path).measurements.length, 1);
  assert.equal(second.path, `${first.path}-2`);
  assert.equal(second.environment.run, `${environment.run}-2`);
  second.append(measurementWith(), "");
  assert.deepEqual(readResults(second.path).environment, second.environment);
  for (let n = 3; n <= 11; n++) createResults(folder.path, environment);
  assert.equal(findRun(folder.path, undefined), `${first.path}-11`);
  assert.equal(findRun(folder.path, `${environment.run}-2`), second.path);
});

test("a line whose writing was cut short is left out; a bad one before it is named", () => {
  using folder = createFolder();
  const results = createResults(folder.path, environment);
  results.append(measurementWith(), "");
  const file = `${results.path}/measurements.jsonl`;
  appendFileSync(file, '{"approach":"li');
  assert.equal(readResults(results.path).measurements.length, 1);
  const whole = readFileSync(file, "utf8").split("\n")[0];
  writeFileSync(file, `${whole}\n{"approach":"li\n`);
  assert.throws(() => readResults(results.path), /measurements\.jsonl, line 2: .*JSON/);
  writeFileSync(file, `${whole}\n${whole}\n${whole?.replace('"trial":1', '"trail":1')}\n`);
  assert.throws(
    () => readResults(results.path),
    /measurements\.jsonl, line 3: trial: expected number, found nothing \(and 1 more\)/,
  );
});

test("a run without a finished trial is said to have none", () => {
  using folder = createFolder();
  const { path } = createResults(folder.path, environment);
  assert.throws(() => readResults(path), /measurements\.jsonl does not exist: no trial/);
});

test("an environment that lacks something is not written, and nothing of the run either", () => {
  using folder = createFolder();
  const { commit: _commit, ...incomplete } = environment;
  assert.throws(
    () => createResults(folder.path, incomplete as Environment),
    /environment\.json: commit: expected string, found nothing$/,
  );
  assert.deepEqual(readdirSync(folder.path), []);
});

test("a measurement that could not be read back is not written", () => {
  using folder = createFolder();
  const results = createResults(folder.path, environment);
  results.append(measurementWith(), "");
  const wrong = measurementWith({ trial: 2, serverCpuShare: Number.NaN });
  assert.throws(
    () => results.append(wrong, ""),
    /measurements\.jsonl, trial 2: serverCpuShare: expected number, found NaN$/,
  );
  assert.equal(readResults(results.path).measurements.length, 1);
});

test("a run by another version of the lab is refused, with the field and who can read it", () => {
  using folder = createFolder();
  const { path } = createResults(folder.path, environment);
  const { disk: _disk, containers: _containers, ...older } = environment;
  writeFileSync(`${path}/environment.json`, JSON.stringify(older));
  assert.throws(() => readResults(path), {
    message:
      `${path}/environment.json: disk: expected object, found nothing (and 1 more); ` +
      "if this is not commit 0123abc of the lab, which made the run, that one reads it",
  });
  writeFileSync(`${path}/environment.json`, "[]");
  assert.throws(() => readResults(path), /environment\.json: expected object, found a list$/);
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
