import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { compareMoods, parsePressure, parseSteal, readMood } from "../../lab/measure/mood.ts";
import { findNoisyTrials } from "../../lab/measure/noise.ts";
import { createFolder } from "../helpers/folder.ts";
import { measurementWith } from "../helpers/measurements.ts";

describe("the machine's mood", () => {
  test("is read with fixed work, and leaves nothing behind", () => {
    using folder = createFolder();
    const { canaryMs, fsyncMs } = readMood(folder.path);
    assert.ok(canaryMs > 0 && fsyncMs > 0);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("of the time between two looks is the slower work, and shares of one core", () => {
    const before = { canaryMs: 10, fsyncMs: 3, stealMicros: 1_000_000, cpuPressureMicros: 500_000 };
    const after = { canaryMs: 12, fsyncMs: 1, stealMicros: 1_050_000, cpuPressureMicros: 1_500_000 };
    const expected = { canaryMs: 12, fsyncMs: 3, stealShare: 0.025, cpuPressureShare: 0.5 };
    assert.deepEqual(compareMoods(before, after, 2_000), expected);
    const silent = { ...after, stealMicros: null, cpuPressureMicros: null };
    assert.deepEqual(compareMoods(before, silent, 2_000), { canaryMs: 12, fsyncMs: 3 });
  });

  test("is read from Linux's own accounts", () => {
    assert.equal(parseSteal("cpu  1 2 3 4 5 6 7 89 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n"), 890_000);
    assert.equal(parseSteal(null), null);
    const pressure = "some avg10=0.00 avg60=1.20 avg300=0.80 total=123456\nfull avg10=0.00 total=9\n";
    assert.equal(parsePressure(pressure), 123_456);
    assert.equal(parsePressure(null), null);
  });
});

test("a trial is noisy whose fixed work took long, or whose core was given to others", () => {
  const trials = [
    measurementWith({ trial: 1, canaryMs: 10 }),
    measurementWith({ trial: 2, canaryMs: 10.5 }),
    measurementWith({ trial: 3, canaryMs: 13 }),
    measurementWith({ trial: 4, canaryMs: 9.9, stealShare: 0.03 }),
    measurementWith({ trial: 5, canaryMs: 10, stealShare: 0.001 }),
    measurementWith({ trial: 6 }),
  ];
  assert.deepEqual([...findNoisyTrials(trials)], [3, 4]);
  assert.deepEqual([...findNoisyTrials([measurementWith()])], []);
});

test("trials in which somebody waited for a core for long met a noisy machine, whatever the fixed work took", () => {
  const looked = { canaryMs: 10, fsyncMs: 1 };
  const trials = [0.1, 0.3, 0.55].map((cpuPressureShare, index) =>
    measurementWith({ ...looked, trial: index + 1, cpuPressureShare }),
  );
  assert.deepEqual([...findNoisyTrials(trials)], [3]);
});
