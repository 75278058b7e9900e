import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { splitInThirds } from "../../lab/load/closed-load.ts";

describe("a count by thirds of the time", () => {
  test("known counts", () => {
    assert.deepEqual(splitInThirds([1, 2, 3, 5, 7, 9], 6), [2, 3, 4]);
    assert.deepEqual(splitInThirds([undefined, 4, undefined, undefined, undefined, 6], 6), [4, 0, 2]);
    assert.deepEqual(splitInThirds([], 3), [0, 0, 0]);
  });

  test("is never negative, and adds up to all that was counted", () => {
    const increments = fc.array(fc.option(fc.nat(1_000), { nil: undefined }), { maxLength: 200 });
    fc.assert(
      fc.property(increments, fc.double({ min: 0, max: 1, noNaN: true }), (steps, part) => {
        let total = 0;
        const countByMs = steps.map((step) => {
          total += step ?? 0;
          return step === undefined ? undefined : total;
        });
        const thirds = splitInThirds(countByMs, countByMs.length + part);
        assert.ok(thirds.every((count) => count >= 0));
        assert.equal(thirds[0] + thirds[1] + thirds[2], total);
      }),
    );
  });
});
