// How late an open load says that it was itself, over connections that are not real: then nothing else can be late.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LaneEvents, Lanes } from "../../lab/load/lanes.ts";
import { runOpenPhase } from "../../lab/load/open-load.ts";
import { startTally } from "../../lab/load/tally.ts";

const CONNECTIONS = 50;
const PAUSE_MS = 200;

/** Connections that are answered at once, or after a time. `onIdle` is called once when nothing is on its way after so
 * many requests. */
function fakeLanes(options: { answerMs?: number; afterRequests?: number; onIdle?: () => void }): Lanes {
  const { answerMs, afterRequests = Number.POSITIVE_INFINITY, onIdle } = options;
  const tally = startTally();
  let events: LaneEvents = { onFree: () => {}, onDrained: () => {} };
  let [inFlight, isIdleSeen] = [0, false];
  const answer = () => {
    inFlight--;
    tally.requests++;
    events.onFree(performance.now());
    if (inFlight > 0) return;
    if (!isIdleSeen && tally.requests >= afterRequests) {
      isIdleSeen = true;
      onIdle?.();
    }
    events.onDrained();
  };
  return {
    begin(listener) {
      events = listener;
      return tally;
    },
    check: () => {},
    ask() {
      if (inFlight === CONNECTIONS) return false;
      inFlight++;
      if (answerMs === undefined) setImmediate(answer);
      else setTimeout(answer, answerMs);
      return true;
    },
    inFlight: () => inFlight,
    requests: () => tally.requests,
    isAlive: () => true,
    close: () => {},
  };
}

const load = { requestsPerSecond: 5_000, durationMs: 600, waitLimitMs: 10_000 };

test("a pause of the generator makes all late that were due meanwhile, also those that no connection was free for", async () => {
  const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  const { lateness } = await runOpenPhase(fakeLanes({ afterRequests: 500, onIdle: pause }), load);
  assert.equal(lateness?.totalCount, 3_000);
  // A thousand were due meanwhile, half of the pause before its end on average.
  const sumMs = (lateness.mean * lateness.totalCount) / 1000;
  assert.ok(sumMs >= 0.9 * 1_000 * (PAUSE_MS / 2), `${sumMs}`);
});

test("a line before a slow service is not the generator's lateness", async () => {
  // Fifty connections with 100 ms each answer 500 a second, and half a line stands at the end.
  const slow = { ...load, requestsPerSecond: 1_000 };
  const { lateness, begunAfterEnd } = await runOpenPhase(fakeLanes({ answerMs: 100 }), slow);
  assert.equal(lateness?.totalCount, 600);
  assert.ok((begunAfterEnd ?? 0) > 100, `${begunAfterEnd}`);
  // Those that stood in line were begun 200 ms late and more.
  const inLine = [...Array(9).keys()].map((tenth) => lateness.getValueAtPercentile(10 * (tenth + 1)));
  assert.ok(inLine.filter((micros) => micros === 0).length >= 2, `${inLine}`);
});
