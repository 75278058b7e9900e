import assert from "node:assert/strict";
import { test } from "node:test";
import { findClockFault } from "../../lab/measure/window-clock.ts";

test("a window lies within the time that it had", () => {
  assert.equal(findClockFault("builtin", 2_000, 2_040), undefined);
});

test("clocks may differ by their rounding", () => {
  assert.equal(findClockFault("builtin", 2_000, 1_990), undefined);
  assert.equal(findClockFault("builtin", 3, 1.5), undefined);
});

test("a window that is longer was measured by a wrong clock", () => {
  assert.equal(
    findClockFault("builtin", 4_000, 2_040),
    "the load generator's clock is wrong: a window of 4000 ms, and it had 2040 ms for it",
  );
});

test("and so was one that is much shorter than the time it had", () => {
  assert.match(
    findClockFault("builtin", 2_000, 4_000) ?? "",
    /clock is wrong: a window of 2000 ms, .* 4000 ms/,
  );
  assert.equal(findClockFault("builtin", 120_000, 122_000), undefined);
});

test("what starts after the permission to measure may take the time that a start takes", () => {
  assert.equal(findClockFault("k6", 2_000, 12_000), undefined);
  assert.match(findClockFault("k6", 2_000, 60_000) ?? "", /clock is wrong/);
});
