import assert from "node:assert/strict";
import { test } from "node:test";
import { estimateTrend, hasTrend } from "../../lab/measure/warmth.ts";
import { measurementWith } from "../helpers/measurements.ts";

const blocksOf = (...thirds: (readonly [number, number, number])[]) =>
  thirds.map((requestsByThird) => measurementWith({ requestsByThird }));

test("a service that was warming up in the first third alone has a trend from there", () => {
  const blocks = blocksOf(
    [800, 1_000, 1_000],
    [850, 1_000, 1_010],
    [700, 990, 1_000],
    [900, 1_000, 1_000],
    [820, 1_000, 990],
  );
  const [first, second] = [estimateTrend(blocks, "first"), estimateTrend(blocks, "second")];
  assert.ok(first && hasTrend(first) && first.value > 1.15);
  assert.ok(second && !hasTrend(second));
});

test("a service that still gets faster has a trend, whatever its first third was", () => {
  const trend = estimateTrend(
    blocksOf(
      [100, 1_000, 1_200],
      [900, 1_000, 1_150],
      [500, 1_000, 1_300],
      [1, 1_000, 1_180],
      [1, 1_000, 1_250],
    ),
    "second",
  );
  assert.equal(trend?.value, 1.2);
  assert.ok(trend && hasTrend(trend));
});

test("thirds that differ now in one direction and now in the other are none", () => {
  const trend = estimateTrend(blocksOf([1, 1_000, 1_200], [1, 1_000, 900], [1, 1_000, 1_010]), "second");
  assert.ok(trend && !hasTrend(trend));
});

test("nothing is said of few requests, of one block, and where the generator tells no thirds", () => {
  assert.equal(estimateTrend(blocksOf([9, 9, 12], [9, 9, 12]), "second"), null);
  assert.equal(estimateTrend(blocksOf([900, 900, 1_200]), "second"), null);
  assert.equal(estimateTrend([measurementWith(), measurementWith()], "second"), null);
});
