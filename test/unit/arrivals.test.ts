import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dueMs, planArrivals } from "../../k6/lib/arrivals.ts";

const rates = fc.double({ min: 0.01, max: 100_000, noNaN: true });
const durations = fc.integer({ min: 1, max: 60_000 });

describe("the schedule of an open load", () => {
  test("known schedules", () => {
    assert.deepEqual(planArrivals(200, 2_000), { count: 400, periodNs: 5_000_000 });
    // A scan of a million users does two a second; a quarter of that is one in two seconds.
    assert.deepEqual(planArrivals(0.5, 10_000), { count: 5, periodNs: 2_000_000_000 });
    assert.equal(dueMs(planArrivals(0.5, 10_000), 4), 8_000);
    assert.equal(planArrivals(0.1, 1_000).count, 1, "there is always one");
  });

  test("has as many requests as the rate makes, at equal distances, the last before the end", () => {
    fc.assert(
      fc.property(rates, durations, (rate, durationMs) => {
        const arrivals = planArrivals(rate, durationMs);
        const { count, periodNs } = arrivals;
        assert.ok(count === 1 || Math.abs(count - (rate * durationMs) / 1000) <= 0.5 + 1e-9);
        // Half a nanosecond in ten thousand.
        assert.ok(Math.abs((periodNs * rate) / 1e9 - 1) <= 0.5e-4, `${periodNs}`);
        assert.equal(dueMs(arrivals, 0), 0);
        const gapMs = dueMs(arrivals, count) - dueMs(arrivals, count - 1);
        assert.ok(Math.abs(gapMs - periodNs / 1e6) <= 1e-6, `${gapMs}`);
        assert.ok(dueMs(arrivals, count - 1) <= durationMs * (1 + 1e-4));
      }),
    );
  });
});
