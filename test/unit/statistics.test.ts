import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { listCpuPerRequest } from "../../lab/measure/overhead.ts";
import { meanOfLowestTenth, median } from "../../lab/measure/statistics.ts";

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });

test("the median is the middle value, or the mean of the two in the middle", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

test("as many values lie above the median as below it, and the input keeps its order", () => {
  fc.assert(
    fc.property(values, (list) => {
      const before = [...list];
      const middle = median(list);
      assert.ok(list.filter((value) => value < middle).length <= list.length / 2);
      assert.ok(list.filter((value) => value > middle).length <= list.length / 2);
      assert.deepEqual(list, before);
    }),
  );
});

test("the mean of the lowest tenth is not moved by what is slow", () => {
  const calm = Array.from({ length: 20 }, (_, index) => 10 + index);
  assert.equal(meanOfLowestTenth(calm), 10.5);
  assert.equal(meanOfLowestTenth([...calm.slice(0, 10), ...new Array(10).fill(1_000)]), 10.5);
  assert.equal(meanOfLowestTenth([5]), 5);
});

test("no values have neither", () => {
  assert.throws(() => median([]), RangeError);
  assert.throws(() => meanOfLowestTenth([]), RangeError);
});

describe("CPU time per request from samples", () => {
  const steady = (count: number, requests: number, cpuMicros: number) =>
    Array.from({ length: count }, (_, index) => ({
      requests: requests * index,
      cpuMicros: cpuMicros * index,
    }));

  const estimateCpuPerRequest = (samples: Parameters<typeof listCpuPerRequest>[0]) =>
    meanOfLowestTenth(listCpuPerRequest(samples));

  test("is the ratio of a steady service", () => {
    assert.equal(estimateCpuPerRequest(steady(30, 1_000, 20_000)), 20);
  });

  test("is not moved by disturbed windows", () => {
    const samples = steady(31, 1_000, 20_000).map((sample, index) => ({
      ...sample,
      cpuMicros: sample.cpuMicros + (index > 10 ? 500_000 : 0) + (index > 20 ? 900_000 : 0),
    }));
    assert.equal(estimateCpuPerRequest(samples), 20);
  });

  test("takes wider windows for slow requests, and the whole when there are few of them", () => {
    assert.equal(estimateCpuPerRequest(steady(41, 10, 40_000)), 4_000);
    assert.equal(estimateCpuPerRequest([...steady(20, 0, 100_000), { requests: 2, cpuMicros: 2e6 }]), 1e6);
  });

  test("needs two samples", () => {
    assert.throws(() => estimateCpuPerRequest([{ requests: 0, cpuMicros: 0 }]), RangeError);
  });
});
