// The shape of a line of measurements.jsonl.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Measurement, measurementShape } from "../../lab/measure/measurement.ts";
import { checkShape } from "../../lab/shape.ts";
import { measurementWith } from "../helpers/measurements.ts";

const check = (value: unknown) => checkShape(measurementShape, value, "line 1");

/** What only some trials have. */
const sometimes = {
  rate: "50%",
  targetRequestsPerSecond: 120.5,
  isAgain: true,
  latencyHistogram: "HISTFAAAA",
  service: { requests: 20_000, latencyMs: { mean: 4.5, p50: 5, p99: null } },
  databaseCpuMicrosPerRequest: 40,
  impliedRequestsPerSecond: 10_500,
  canaryMs: 10,
  fsyncMs: 0.5,
  stealShare: 0,
  cpuPressureShare: 0.1,
  error: "the service ended: killed",
} as const satisfies Partial<Measurement>;

describe("a measurement", () => {
  test("is the same after it was written and read, with and without what only some have", () => {
    for (const measurement of [measurementWith(), measurementWith({ load: "open", ...sometimes })]) {
      assert.deepEqual(check(JSON.parse(JSON.stringify(measurement))), measurement);
    }
  });

  test("is refused without any of its other fields, by the name of the field", () => {
    for (const name of Object.keys(measurementWith()).filter((name) => !(name in sometimes))) {
      const { [name as keyof Measurement]: _left, ...others } = measurementWith();
      assert.throws(() => check(others), {
        message: new RegExp(`^line 1: ${name}: expected .*, found nothing$`),
      });
    }
  });

  test("is refused with a misspelt field, and with figures that are none", () => {
    const misspelt = { ...measurementWith(), canaryMillis: 10 };
    assert.throws(() => check(misspelt), { message: "line 1: expected no canaryMillis" });
    const infinite = measurementWith({ requestsPerSecond: Number.POSITIVE_INFINITY });
    assert.throws(() => check(infinite), /requestsPerSecond: expected number, found Infinity/);
    assert.throws(
      () => check(measurementWith({ verdict: "fine" as "mixed" })),
      /verdict: expected "server-limited" or/,
    );
  });
});
