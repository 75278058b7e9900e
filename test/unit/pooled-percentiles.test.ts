import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startRandom } from "../../k6/lib/random.ts";
import { buildLatencies } from "../../lab/load/latencies.ts";
import { estimatePercentiles } from "../../lab/measure/pooled-percentiles.ts";

function histogramOf(values: readonly number[]) {
  const histogram = buildLatencies();
  for (const value of values) histogram.recordValue(value);
  return histogram;
}

describe("percentiles of several blocks together", () => {
  test("are those of all requests, not the average of the blocks'", () => {
    const quick = histogramOf(new Array<number>(9_900).fill(1_000));
    const slow = histogramOf(new Array<number>(100).fill(500_000));
    const [p50, p99] = estimatePercentiles([quick, slow, slow, slow, slow], [50, 97]);
    assert.equal(p50?.value, 1_000);
    assert.ok(Math.abs((p99?.value ?? 0) / 500_000 - 1) < 0.001);
    // Where no quick block is drawn, in a third of the samples, all is slow.
    assert.ok(p50?.low === 1_000 && (p50.high ?? 0) > 490_000);
  });

  test("are as near to the merged histogram's as its own precision", () => {
    const random = startRandom(3);
    const blocks = Array.from({ length: 5 }, (_, block) =>
      histogramOf(Array.from({ length: 5_000 }, () => 100 + block * 50 + random(1_000) ** 2 / 1_000)),
    );
    const merged = buildLatencies();
    for (const block of blocks) merged.add(block);
    const percentiles = [50, 90, 99];
    for (const [index, { value, low, high }] of estimatePercentiles(blocks, percentiles).entries()) {
      const expected = merged.getValueAtPercentile(percentiles[index] as number);
      assert.ok(Math.abs(value - expected) / expected < 0.005, `${value} ${expected}`);
      assert.ok((low as number) <= value && value <= (high as number));
    }
  });

  test("of one block have no interval", () => {
    const [p50] = estimatePercentiles([histogramOf([5, 6, 7])], [50]);
    assert.deepEqual(p50, { value: 6, low: null, high: null });
  });
});
