import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { isPreciseEnough } from "../../lab/measure/precision-rule.ts";
import { measurementWith } from "../helpers/measurements.ts";

/** Blocks whose throughputs differ by a mood that both share, and by a tenth that only one has. */
function blocksOf(count: number, ownNoise: number, workload = "read"): Measurement[] {
  return Array.from({ length: count }, (_, index) => {
    const mood = 1 + 0.5 * Math.sin(index);
    const noise = 1 + ownNoise * (index % 2 === 0 ? 1 : -1);
    const trial = { block: index + 1, workload };
    return [
      measurementWith({ ...trial, approach: "map", requestsPerSecond: 600 * mood * noise }),
      measurementWith({ ...trial, approach: "sqlite", requestsPerSecond: 400 * mood }),
    ];
  }).flat();
}

describe("a run that is to be precise", () => {
  test("ends when the ratios are sure, however much the blocks differ", () => {
    assert.ok(isPreciseEnough(blocksOf(5, 0.01), 5, 0.05));
  });

  test("goes on while a ratio is not", () => {
    assert.ok(!isPreciseEnough(blocksOf(8, 0.1), 8, 0.05));
    const mixed = [...blocksOf(8, 0.01), ...blocksOf(8, 0.1, "create")];
    assert.ok(!isPreciseEnough(mixed, 8, 0.05));
  });

  test("makes five blocks at least", () => {
    assert.ok(!isPreciseEnough(blocksOf(4, 0), 4, 0.05));
  });

  test("does not wait for an approach that has failed each time", () => {
    const failed = measurementWith({ approach: "linear", error: "it ended", requestsPerSecond: 0 });
    assert.ok(isPreciseEnough([...blocksOf(5, 0.01), failed], 5, 0.05));
  });
});
