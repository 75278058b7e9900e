import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { runWhileRung } from "../../services/storage/run-while-rung.ts";

test("a run begins after the last ring, and never beside another", async () => {
  // Each number is how many turns of the event loop pass before the next ring.
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 20 }), fc.nat(3), async (pauses, turns) => {
      let [rings, runs, underWay, ringsAtLastBegin] = [0, 0, 0, 0];
      const ring = runWhileRung(async () => {
        assert.equal(underWay++, 0);
        [runs, ringsAtLastBegin] = [runs + 1, rings];
        for (let turn = 0; turn < turns; turn++) await setImmediate();
        underWay--;
      });
      for (const pause of pauses) {
        rings++;
        ring();
        for (let turn = 0; turn < pause; turn++) await setImmediate();
      }
      // As long as all that may still be under way.
      for (let turn = 0; turn < 2 * turns + 2; turn++) await setImmediate();
      assert.equal(ringsAtLastBegin, rings);
      assert.ok(runs <= rings);
    }),
  );
});
