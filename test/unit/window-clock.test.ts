import assert from "node:assert/strict";
import { test } from "node:test";
import { findClockFault } from "../../lab/measure/window-clock.ts";

test("a window lies within the time that it had", () => {
  assert.equal(findClockFault(2_000, 2_040), undefined);
  assert.equal(findClockFault(2_000, 60_000), undefined);
});

test("clocks may differ by their rounding", () => {
  assert.equal(findClockFault(2_000, 1_990), undefined);
  assert.equal(findClockFault(3, 1.5), undefined);
});

test("a window that is longer was measured by a wrong clock", () => {
  assert.equal(
    findClockFault(4_000, 2_040),
    "the load generator's clock is wrong: a window of 4000 ms, and it had 2040 ms for it",
  );
});
