import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeClosed, judgeOpen, type Occupancy } from "../../lab/measure/verdict.ts";

const full = { busy: 0.98, drained: 0 };
const judge = (server: number, generator: number, occupancy: Occupancy = full) =>
  judgeClosed({ server, generator }, occupancy);

test("a busy service before an idle generator was the limit", () => {
  assert.equal(judge(0.97, 0.5), "server-limited");
});

test("a busy generator before an idle service was the limit", () => {
  assert.equal(judge(0.6, 0.95), "client-limited");
});

test("when both were busy, or neither, nobody is named", () => {
  assert.equal(judge(0.95, 0.95), "mixed");
  assert.equal(judge(0.3, 0.2), "mixed");
});

test("a service over more than one core, as with its database, is busy", () => {
  assert.equal(judge(1.4, 0.5), "server-limited");
});

test("by Little's law the published scan of 100,000 users is sound, and the one of a million is not", () => {
  const of50 = (requestsPerSecond: number, latencySeconds: number): Occupancy => ({
    busy: (requestsPerSecond * latencySeconds) / 50,
    drained: 0,
  });
  assert.equal(judge(0.97, 0.2, of50(49, 0.914)), "server-limited");
  assert.equal(judge(0.97, 0.2, of50(5, 1.06)), "client-limited");
});

test("more connections than there were make a trial invalid", () => {
  assert.equal(judge(0.97, 0.5, { busy: 1.2, drained: 0 }), "invalid");
});

test("connections that have had their last answer do not count as idle", () => {
  assert.equal(judge(0.97, 0.2, { busy: 0.74, drained: 0.15 }), "server-limited");
  assert.equal(judge(0.97, 0.2, { busy: 0.74, drained: 0.05 }), "client-limited");
});

test("an open load is limited by a busy service, by a late generator, and by nobody when all had time", () => {
  const times = { latencyMs: 10, latenessMs: 2, serviceMs: 6 };
  const late = { ...times, latenessMs: 8 };
  assert.equal(judgeOpen(0.3, times), "unlimited");
  assert.equal(judgeOpen(0.9, times), "server-limited");
  assert.equal(judgeOpen(0.3, late), "client-limited");
  assert.equal(judgeOpen(0.9, late), "mixed");
});

test("an open load whose requests took much longer than an idle service and a punctual generator account for is mixed", () => {
  assert.equal(judgeOpen(0.56, { latencyMs: 16, latenessMs: 0.7, serviceMs: 0.04 }), "mixed");
  // A slow service that says so, and the way of a request to an idle one.
  assert.equal(judgeOpen(0.5, { latencyMs: 16, latenessMs: 0.7, serviceMs: 9 }), "unlimited");
  assert.equal(judgeOpen(0.05, { latencyMs: 1.5, latenessMs: 0.1, serviceMs: 0.1 }), "unlimited");
});
