// Preloaded into a load generator, `node --import "step-clock.ts?afterMs=500&byMs=1000"`: so long after it has begun to
// measure its clock steps forward or, by a negative number, stands still for as long: a clock that never goes back is set back
// so. It begins to measure when the lab's message arrives.
import { readSetting } from "./preload.ts";

const afterMs = readSetting(import.meta.url, "afterMs");
const byMs = readSetting(import.meta.url, "byMs");

const now = performance.now.bind(performance);
let stepsAtMs = Number.POSITIVE_INFINITY;
process.once("message", () => {
  stepsAtMs = now() + afterMs;
});
performance.now = () => {
  const trueMs = now();
  return trueMs < stepsAtMs ? trueMs : Math.max(stepsAtMs, trueMs + byMs);
};
