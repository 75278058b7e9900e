import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { expectReads, shareOfHottestPages } from "../../lab/lesson/claims/index-reads.ts";
import { about, above, atLeast, atMost, below, judgeRange } from "../../lab/lesson/range.ts";
import { estimateExponent, fitExponent } from "../../lab/measure/growth.ts";

const SIZES = [10_000, 100_000, 1_000_000];
const grow = (exponent: number, factor: (block: number) => number = () => 1) =>
  new Map(
    SIZES.map((size) => [
      size,
      new Map([1, 2, 3, 4, 5].map((block) => [block, factor(block) * size ** exponent])),
    ]),
  );

describe("an exponent of growth", () => {
  test("is found whatever the unit", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 2, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (exponent, unit) => {
          const found = fitExponent(SIZES.map((size) => [size, unit * size ** exponent]));
          assert.ok(Math.abs(found - exponent) < 1e-9);
        },
      ),
    );
  });

  test("is that of the blocks, so that a slow block does not pass for growth", () => {
    const { value, low, high } = estimateExponent(grow(1, (block) => 10 ** block)) ?? {};
    for (const figure of [value, low, high]) assert.ok(Math.abs((figure ?? 0) - 1) < 1e-9, `${figure}`);
  });

  test("has an interval as wide as the blocks differ", () => {
    const uneven = new Map(
      SIZES.map((size) => [
        size,
        new Map([0.9, 0.95, 1, 1.05, 1.1].map((exponent, block) => [block, size ** exponent])),
      ]),
    );
    const { value, low, high } = estimateExponent(uneven) ?? {};
    assert.ok(Math.abs((value ?? 0) - 1) < 1e-9);
    assert.ok((low ?? 1) < 0.94 && (high ?? 1) > 1.06, `${low} ${high}`);
  });

  test("leaves out blocks that lack a size, and is none for one size or no whole block", () => {
    const partly = grow(1);
    for (const of of partly.values()) of.set(6, of.get(1) as number);
    partly.get(10_000)?.set(5, 1e9);
    partly.get(100_000)?.delete(5);
    assert.ok(Math.abs((estimateExponent(partly)?.high ?? 0) - 1) < 1e-9);
    assert.equal(estimateExponent(new Map([[10_000, new Map([[1, 5]])]])), null);
    assert.equal(estimateExponent(new Map()), null);
    assert.equal(
      estimateExponent(
        new Map([
          [10, new Map([[1, 5]])],
          [100, new Map([[2, 5]])],
        ]),
      ),
      null,
    );
  });
});

describe("a figure and a range", () => {
  const judge = (low: number, high: number) =>
    judgeRange({ value: (low + high) / 2, low, high }, { low: 1, high: 2 });

  test("the whole interval decides", () => {
    assert.equal(judge(1, 2), "holds");
    assert.equal(judge(1.2, 1.3), "holds");
    assert.equal(judge(0.2, 0.9), "does not hold");
    assert.equal(judge(2.1, 9), "does not hold");
    for (const [low, high] of [
      [0.9, 1.5],
      [1.5, 2.1],
      [0.5, 3],
    ] as const)
      assert.equal(judge(low, high), "cannot tell here");
  });

  test("no interval tells nothing", () => {
    assert.equal(judgeRange({ value: 1.5, low: null, high: null }, { low: 1, high: 2 }), "cannot tell here");
  });

  test("a bound only tells what it excludes", () => {
    const figure = { value: 1.5, low: 1.4, high: 1.6 };
    assert.equal(judgeRange(atLeast(figure), above(1)), "holds");
    assert.equal(judgeRange(atLeast(figure), below(1)), "does not hold");
    assert.equal(judgeRange(atLeast(figure), below(2)), "cannot tell here");
    assert.equal(judgeRange(atMost(figure), below(2)), "holds");
    assert.equal(judgeRange(atMost(figure), above(1)), "cannot tell here");
  });

  test("about is a factor either way", () => {
    assert.deepEqual(about(100, 2), { low: 50, high: 200 });
  });
});

describe("reads of a binary search", () => {
  /** The same search, counted for every entry. */
  function count(entries: number) {
    const depths = Array.from({ length: entries }, (_, wanted) => {
      let [low, high, reads] = [0, entries - 1, 0];
      while (low <= high) {
        const middle = (low + high) >>> 1;
        reads++;
        if (middle === wanted) break;
        if (middle < wanted) low = middle + 1;
        else high = middle - 1;
      }
      return reads;
    });
    return { mean: depths.reduce((sum, depth) => sum + depth, 0) / entries, max: Math.max(...depths) };
  }

  test("are as many as computed", () => {
    for (const entries of [1, 2, 3, 4, 7, 8, 100, 1_000, 10_000]) {
      const [counted, expected] = [count(entries), expectReads(entries)];
      assert.equal(expected.max, counted.max, `${entries}`);
      assert.ok(Math.abs(expected.mean - counted.mean) < 1e-9, `${entries}`);
    }
  });

  test("fall on few pages mostly, as counting them shows", () => {
    for (const [entries, pages] of [
      [1_000, 20],
      [4_096, 64],
      [999, 7],
    ] as const) {
      const byPage = Array.from({ length: pages }, () => 0);
      for (let target = 0; target < entries; target++) {
        let [from, to, middle]: [number, number, number] = [0, entries, -1];
        while (middle !== target) {
          middle = (from + to - 1) >>> 1;
          const page = Math.floor((middle * pages) / entries);
          byPage[page] = (byPage[page] ?? 0) + 1;
          if (middle < target) from = middle + 1;
          else to = middle;
        }
      }
      const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
      const hottest = byPage.toSorted((a, b) => b - a).slice(0, Math.ceil(pages * 0.1));
      const share = sum(hottest) / sum(byPage);
      assert.ok(Math.abs(shareOfHottestPages(entries, pages, 0.1) - share) < 1e-9, `${entries}`);
      assert.ok(share > 0.1);
    }
  });

  test("are those that the lesson names", () => {
    assert.equal(expectReads(10_000).mean.toFixed(1), "12.4");
    assert.equal(expectReads(10_000).max, 14);
    assert.equal(expectReads(1_000_000).mean.toFixed(1), "19.0");
    assert.equal(expectReads(1_000_000).max, 20);
  });
});
