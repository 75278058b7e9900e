import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mix32, startRandom } from "../../k6/lib/random.ts";

const uint32 = fc.integer({ min: 0, max: 0xffffffff });

test("mix32 is MurmurHash3's finalizer", () => {
  assert.deepEqual([0, 1, 0xffffffff].map(mix32), [0, 0x514e28b7, 0x81f16f39]);
});

test("mix32 gives different outputs for different inputs", () => {
  const outputs = new Set(Array.from({ length: 100_000 }, (_, value) => mix32(value)));
  assert.equal(outputs.size, 100_000);
});

test("one seed gives one sequence, another seed another", () => {
  const draw = (seed: number) => {
    const random = startRandom(seed);
    return Array.from({ length: 20 }, () => random(1_000));
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test("draws whole numbers below the limit", () => {
  fc.assert(
    fc.property(uint32, fc.integer({ min: 1, max: 2 ** 32 }), (seed, limit) => {
      const value = startRandom(seed)(limit);
      assert.ok(Number.isInteger(value) && value >= 0 && value < limit, `${value}`);
    }),
  );
});

test("draws uniformly", () => {
  const random = startRandom(1);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw++) {
    const value = random(10);
    counts[value] = (counts[value] as number) + 1;
  }
  // Chi squared with 9 degrees of freedom: above 27.9 once in a thousand seeds. This seed is fixed.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquared < 27.9, `${chiSquared}`);
});
