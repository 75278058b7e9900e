import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { estimate, estimateMedian, relativeWidth } from "../../lab/measure/bootstrap.ts";
import { compareApart, compareWithinBlocks } from "../../lab/measure/difference.ts";
import { median } from "../../lab/measure/statistics.ts";
import { startNormal } from "../helpers/normal.ts";

const byBlock = (values: readonly number[]) => new Map(values.map((value, block) => [block, value]));

describe("an estimate", () => {
  test("of fewer than five blocks has no interval", () => {
    assert.deepEqual(estimateMedian([7]), { value: 7, low: null, high: null });
    assert.deepEqual(estimateMedian([7, 7, 7, 7]), { value: 7, low: null, high: null });
  });

  test("of a median of few blocks holds the truth in somewhat less than 95 of 100 experiments", () => {
    const normal = startNormal(12);
    const cover = (blocks: number) => {
      let held = 0;
      for (let experiment = 0; experiment < 400; experiment++) {
        const values = Array.from({ length: blocks }, () => 10 + normal());
        const { low, high } = estimate(values, median, 400);
        if ((low as number) <= 10 && 10 <= (high as number)) held++;
      }
      return held / 400;
    };
    // Exactly: that the median of five lies between the lowest and the highest is 1 - 2 / 2^5.
    assert.ok(Math.abs(cover(5) - 0.9375) < 0.04, `${cover(5)}`);
    // And of seven between the second and the sixth 1 - 2 * 8 / 2^7.
    assert.ok(Math.abs(cover(7) - 0.875) < 0.05, `${cover(7)}`);
  });

  test("of blocks that are all the same is that value, for sure", () => {
    assert.deepEqual(estimateMedian([3, 3, 3, 3, 3]), { value: 3, low: 3, high: 3 });
  });

  test("has the interval of the binomial distribution, which is known for the median of five", () => {
    // The median of a resample of five is the lowest or the highest value when three draws or more are: in 5.8 % each.
    const { low, high } = estimateMedian([1, 2, 3, 4, 5]);
    assert.deepEqual([low, high], [1, 5]);
    // Of nine, five draws or more hit the lowest value in 0.1 %, one of the two lowest in 3.0 %; 2.5 % are cut off.
    const nine = estimateMedian([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual([nine.low, nine.high], [2, 8]);
  });

  test("lies in its interval, within the values, and is the same each time", () => {
    const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), {
      minLength: 5,
      maxLength: 12,
    });
    fc.assert(
      fc.property(values, (list) => {
        const { value, low, high } = estimateMedian(list);
        assert.ok((low as number) <= value && value <= (high as number));
        assert.ok((low as number) >= Math.min(...list) && (high as number) <= Math.max(...list));
        assert.deepEqual(estimateMedian(list), { value, low, high });
      }),
      { numRuns: 20 },
    );
  });

  test("of a mean holds the truth in about 95 of 100 experiments", () => {
    const normal = startNormal(11);
    const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    let held = 0;
    for (let experiment = 0; experiment < 200; experiment++) {
      const { low, high } = estimate(
        Array.from({ length: 30 }, () => 10 + normal()),
        mean,
        1_000,
      );
      if ((low as number) <= 10 && 10 <= (high as number)) held++;
    }
    assert.ok(held >= 180 && held <= 198, `${held} of 200`);
  });

  test("knows how wide it is", () => {
    assert.equal(relativeWidth({ value: 100, low: 95, high: 107 }), 0.12);
    assert.equal(relativeWidth({ value: 100, low: null, high: null }), null);
  });
});

describe("two things measured in the same blocks", () => {
  test("are compared within them: what slows a whole block does not count", () => {
    const moods = [1, 0.4, 2, 0.7, 1.5];
    const { ratio, finding } = compareWithinBlocks(
      byBlock(moods.map((mood) => 120 * mood)),
      byBlock(moods.map((mood) => 100 * mood)),
    );
    for (const bound of [ratio.value, ratio.low, ratio.high])
      assert.ok(Math.abs((bound as number) - 1.2) < 1e-9);
    assert.equal(finding, "higher");
  });

  test("that are the same are called different in few of twenty experiments", () => {
    const normal = startNormal(5);
    let wrong = 0;
    for (let experiment = 0; experiment < 20; experiment++) {
      const draw = () => byBlock(Array.from({ length: 10 }, () => 100 * Math.exp(0.1 * normal())));
      if (compareWithinBlocks(draw(), draw()).finding !== "no difference found") wrong++;
    }
    assert.ok(wrong <= 3, `${wrong} of 20`);
  });

  test("of which one is a tenth slower are told apart in most, and by about that much", () => {
    const normal = startNormal(6);
    let found = 0;
    for (let experiment = 0; experiment < 20; experiment++) {
      const moods = Array.from({ length: 10 }, () => Math.exp(0.3 * normal()));
      const noisy = (value: number) => byBlock(moods.map((mood) => value * mood * Math.exp(0.02 * normal())));
      const { ratio, finding } = compareWithinBlocks(noisy(90), noisy(100));
      if (finding === "lower" && Math.abs(ratio.value - 0.9) < 0.03) found++;
    }
    assert.ok(found >= 18, `${found} of 20`);
  });

  test("are compared in the blocks that have both", () => {
    const first = new Map([
      [1, 10],
      [2, 30],
      [3, 10],
    ]);
    const second = new Map([
      [1, 5],
      [3, 5],
    ]);
    assert.equal(compareWithinBlocks(first, second).ratio.value, 2);
    assert.equal(compareWithinBlocks(first, new Map([[9, 1]])).finding, "unknown");
    assert.equal(compareWithinBlocks(new Map([[1, 2]]), new Map([[1, 1]])).finding, "unknown");
  });
});

describe("two things measured apart", () => {
  test("are compared by their medians, and not told apart when their values overlap", () => {
    const overlapping = compareApart([10, 12, 14, 11, 13], [11, 13, 12, 10, 14]);
    assert.equal(overlapping.finding, "no difference found");
    const apart = compareApart([10, 12, 14, 11, 13], [21, 23, 22, 20, 24]);
    assert.equal(apart.finding, "lower");
    assert.equal(apart.ratio.value, 12 / 22);
  });
});
