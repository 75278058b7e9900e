import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { explainMixed, findCeiling, judgeUnderCeiling } from "../../lab/measure/ceiling.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { measurementWith } from "../helpers/measurements.ts";

const judge = (fields: Partial<Measurement>, ceiling: number | null = 10_000) =>
  judgeUnderCeiling(measurementWith({ requestsPerSecond: 6_000, ...fields }), ceiling);
const mixed = { verdict: "mixed" } as const;

describe("a trial above half of its generator's ceiling", () => {
  test("was held up by a generator that was busy while the service was too, or nearly", () => {
    assert.equal(judge({ ...mixed, serverCpuShare: 0.85, generatorCpuShare: 0.9 }), "client-limited");
  });

  test("was not held up by a generator that had time: neither was busy", () => {
    assert.equal(judge({ ...mixed, serverCpuShare: 0.62, generatorCpuShare: 0.46 }), "mixed");
  });

  test("is not sure to be the service's, unless that used all of its core", () => {
    assert.equal(judge({ serverCpuShare: 0.85, generatorCpuShare: 0.7 }), "mixed");
    assert.equal(judge({ serverCpuShare: 0.97, generatorCpuShare: 0.7 }), "server-limited");
    assert.equal(judge({ ...mixed, serverCpuShare: 0.97, generatorCpuShare: 0.9 }), "mixed");
  });

  test("counts the database of a service that shares its core", () => {
    const shared = { serverCpuShare: 0.5, generatorCpuShare: 0.7, impliedRequestsPerSecond: 6_100 };
    assert.equal(judge(shared), "server-limited");
    assert.equal(judge({ ...shared, impliedRequestsPerSecond: 7_000 }), "mixed");
  });
});

test("below half of the ceiling, without one, and where it comes from, a trial is what it was", () => {
  const busy = { ...mixed, serverCpuShare: 0.85, generatorCpuShare: 0.9 };
  assert.equal(judge({ ...busy, requestsPerSecond: 4_900 }), "mixed");
  assert.equal(judge(busy, null), "mixed");
  const baseline = measurementWith({ ...busy, approach: "baseline", requestsPerSecond: 9_000 });
  assert.equal(findCeiling([baseline], "read", "builtin"), 9_000);
  assert.equal(judgeUnderCeiling(baseline, 9_000), "mixed");
});

test("says what made a trial mixed", () => {
  const explain = (serverCpuShare: number, generatorCpuShare: number) =>
    explainMixed(measurementWith({ ...mixed, serverCpuShare, generatorCpuShare }));
  assert.equal(explain(0.9, 0.9), "both busy");
  assert.equal(explain(0.62, 0.46), "neither busy");
  assert.equal(explain(0.85, 0.7), "near the ceiling");
});
