import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Estimate, estimate, relativeWidth } from "../../lab/measure/bootstrap.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { isPreciseEnough, listWideRatios } from "../../lab/measure/precision-rule.ts";
import { median } from "../../lab/measure/statistics.ts";
import { measurementWith } from "../helpers/measurements.ts";
import { startNormal } from "../helpers/normal.ts";

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

  test("goes on while a ratio of CPU times is not, however sure the throughputs are", () => {
    const unsure = blocksOf(8, 0.01).map((trial) => ({
      ...trial,
      serverCpuMicrosPerRequest: trial.approach === "map" && trial.block % 2 === 0 ? 120 : 95,
    }));
    assert.ok(!isPreciseEnough(unsure, 8, 0.05));
    const [wide] = listWideRatios(unsure, 0.05);
    assert.deepEqual([wide?.figure, wide?.more, wide?.less], ["CPU/request", "map", "sqlite"]);
  });

  test("keeps less than 95 of 100 intervals, for it ends when one happens to be narrow", () => {
    const normal = startNormal(3);
    let held = 0;
    for (let experiment = 0; experiment < 400; experiment++) {
      const logs: number[] = [];
      let interval: Estimate;
      do {
        logs.push(0.05 * (normal() - normal()));
        interval = estimate(logs, (drawn) => Math.exp(median(drawn)), 200);
      } while ((relativeWidth(interval) ?? 1) > 0.1 && logs.length < 40);
      if ((interval.low as number) <= 1 && (interval.high as number) >= 1) held++;
    }
    assert.ok(held > 330 && held < 370, `${held} of 400`);
  });

  test("makes five blocks at least", () => {
    assert.ok(!isPreciseEnough(blocksOf(4, 0), 4, 0.05));
  });

  test("does not wait for an approach that has failed each time", () => {
    const failed = measurementWith({ approach: "linear", error: "it ended", requestsPerSecond: 0 });
    assert.ok(isPreciseEnough([...blocksOf(5, 0.01), failed], 5, 0.05));
  });
});
