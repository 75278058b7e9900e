import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatCount, formatMs } from "../../lab/report/format.ts";
import {
  chooseAxis,
  formatTick,
  makeLinearAxis,
  makeLogAxis,
  spreadLabels,
  thinTicks,
} from "../../lab/report/html/axis.ts";
import { fitText, measureText } from "../../lab/report/html/text-width.ts";

describe("the axis of a chart", () => {
  test("is linear from zero for figures that are near each other, and logarithmic for others", () => {
    assert.deepEqual(chooseAxis([4, 5]), { type: "linear", domain: [0, 5.2], ticks: [0, 1, 2, 3, 4, 5] });
    assert.equal(chooseAxis([5, 500]).type, "log");
    assert.equal(chooseAxis([]).type, "linear");
  });

  test("has round ticks, more of them where powers of ten are few", () => {
    assert.deepEqual(makeLogAxis([2, 60_000]).ticks, [10, 100, 1_000, 10_000]);
    assert.deepEqual(makeLogAxis([30, 700]).ticks, [50, 100, 200, 500]);
    assert.deepEqual(makeLogAxis([150, 700]).ticks, [200, 400, 600, 800]);
    assert.deepEqual(makeLogAxis([120, 140]).ticks, [100, 120, 140, 160]);
    assert.deepEqual(makeLinearAxis(0.7).ticks, [0, 0.2, 0.4, 0.6]);
  });

  test("holds all its values", () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, (figures) => {
        const { domain, ticks } = chooseAxis(figures);
        for (const figure of figures) assert.ok(domain[0] <= figure && figure <= domain[1], `${domain}`);
        for (const tick of ticks) assert.ok(domain[0] <= tick && tick <= domain[1], `${tick} of ${domain}`);
      }),
    );
  });

  test("writes round figures without the zeros of measured ones", () => {
    assert.deepEqual(
      [0, 0.5, 10, 1_000].map((tick) => formatTick(tick, formatCount)),
      ["0", "0.5", "10", "1,000"],
    );
    assert.deepEqual(
      [0.002, 1, 100, 1_500].map((tick) => formatTick(tick, formatMs)),
      ["2 µs", "1 ms", "100 ms", "1.5 s"],
    );
  });

  test("leaves out ticks whose texts would lie over each other", () => {
    const axis = { type: "linear", domain: [0, 100], ticks: [0, 10, 20, 50, 55, 100] } as const;
    assert.deepEqual(
      thinTicks(axis, () => 20, 100),
      [0, 20, 50, 100],
    );
    assert.deepEqual(
      thinTicks(axis, () => 20, 1_000),
      axis.ticks,
    );
    const log = { type: "log", domain: [1, 1_000], ticks: [1, 2, 10, 100, 1_000] } as const;
    assert.deepEqual(
      thinTicks(log, () => 80, 300),
      [1, 10, 100, 1_000],
    );
  });
});

describe("labels", () => {
  test("stay where they belong as long as they do not touch", () => {
    assert.deepEqual(spreadLabels([10, 50, 30], 15, [0, 100]), [10, 50, 30]);
    assert.deepEqual(spreadLabels([30, 30, 90], 15, [0, 100]), [30, 45, 90]);
    assert.deepEqual(spreadLabels([98, 99], 15, [0, 100]), [85, 100]);
  });

  test("keep their order and their distance wherever there is room", () => {
    const places = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(places, (wanted) => {
        const spread = spreadLabels(wanted, 15, [0, 300]);
        const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
        const sorted = order.map((index) => spread[index] as number);
        assert.ok((sorted[0] ?? 0) >= -1e-9 && (sorted.at(-1) ?? 0) <= 300 + 1e-9);
        for (const [index, place] of sorted.entries())
          if (index > 0) assert.ok(place - (sorted[index - 1] as number) >= 15 - 1e-9, `${sorted}`);
      }),
    );
  });

  test("that are wider than their room are shortened", () => {
    assert.equal(fitText("postgres", 12, 100), "postgres");
    const short = fitText("a-store-with-a-very-long-name", 12, 100);
    assert.match(short, /^a-store.*…$/);
    assert.ok(measureText([short], 12) <= 100);
  });
});
