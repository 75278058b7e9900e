import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buildLatencies, summarizeLatencies } from "../../lab/load/latencies.ts";

const micros = fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 });

test("percentiles are in order, none above the highest, all within a thousandth of a value", () => {
  fc.assert(
    fc.property(micros, (values) => {
      const latencies = buildLatencies();
      for (const value of values) latencies.recordValue(value);
      const { p50, p90, p99, max } = summarizeLatencies(latencies);
      assert.ok(p50 <= p90 && p90 <= p99 && p99 <= max);
      for (const ms of [p50, p90, p99, max]) {
        assert.ok(
          values.some((value) => Math.abs(value / 1000 - ms) <= ms / 1000),
          `${ms}`,
        );
      }
    }),
  );
});
