// The builtin open load against real servers: what it asks does not depend on what it is answered.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "../../lab/load/generator.ts";
import { runLoad } from "../../lab/load/load-session.ts";
import { type Answer, answerRightly, type LoadServer, serveLoad } from "../helpers/load.ts";

/** A server that answers rightly until the window begins. */
async function runAgainst(
  answer: (server: LoadServer, ...exchange: Parameters<Answer>) => void,
  options: Partial<Load> & { readonly requestsPerSecond: number },
) {
  await using server: LoadServer = await serveLoad((request, response) => {
    if (server.isMeasured()) answer(server, request, response);
    else answerRightly(request, response);
  });
  const outcome = await runLoad(server.load(options), server);
  return { ...outcome, received: server.received() };
}

/** A server that works on one request at a time. */
function answerOneByOne(workMs: number) {
  let last = Promise.resolve();
  return (_server: LoadServer, ...exchange: Parameters<Answer>) => {
    last = last.then(() => sleep(workMs)).then(() => answerRightly(...exchange));
  };
}

/** How late the first request of a load may be on a busy machine, while those after it are on time. */
const FIRST_LATE_MS = 300;

describe("an open load", () => {
  test("begins as many requests as the rate makes, and counts every one", async () => {
    const outcome = await runAgainst((_server, ...exchange) => answerRightly(...exchange), {
      requestsPerSecond: 300,
      durationMs: 700,
    });
    assert.equal(outcome.received, 210);
    assert.equal(outcome.requests, 210);
    assert.equal(outcome.latencies.totalCount, 210);
    assert.deepEqual(outcome.errors, {});
    assert.ok(outcome.windowMs >= 700, `${outcome.windowMs}`);
    assert.ok((outcome.lateness?.totalCount ?? 0) > 0);
    assert.ok((outcome.begunAfterEnd ?? 0) < 210, `${outcome.begunAfterEnd}`);
  });

  test("makes rates of less than one request a second; the window is as long as planned", async () => {
    const outcome = await runAgainst((_server, ...exchange) => answerRightly(...exchange), {
      requestsPerSecond: 0.5,
      durationMs: 400,
    });
    assert.equal(outcome.requests, 1);
    assert.ok(outcome.windowMs >= 400, `${outcome.windowMs}`);
  });

  test("does not wait for answers before it asks again", async () => {
    let [inFlight, most] = [0, 0];
    await runAgainst(
      async (_server, ...exchange) => {
        inFlight++;
        most = Math.max(most, inFlight);
        await sleep(300);
        inFlight--;
        answerRightly(...exchange);
      },
      { requestsPerSecond: 100, durationMs: 500, connections: 40 },
    );
    // 30 are due while the first is answered.
    assert.ok(most >= 20, `${most}`);
  });

  test("spreads its requests over the time", async () => {
    const atMs: number[] = [];
    await runAgainst(
      (_server, ...exchange) => {
        atMs.push(performance.now());
        answerRightly(...exchange);
      },
      { requestsPerSecond: 200, durationMs: 1_000 },
    );
    // A busy machine makes requests late, never early: request number i comes i periods after the first at the earliest, but
    // for what the first was late itself.
    const [first = 0] = atMs;
    const early = atMs.filter((ms, index) => ms - first < index * 5 - FIRST_LATE_MS);
    assert.deepEqual([early.length, atMs.length], [0, 200]);
  });

  test("a server slower than the rate is asked no less, and the waiting grows with the line", async () => {
    const outcome = await runAgainst(answerOneByOne(10), {
      requestsPerSecond: 200,
      durationMs: 500,
      connections: 3,
    });
    assert.deepEqual([outcome.received, outcome.requests, outcome.unfinished], [100, 100, 0]);
    // The last of a hundred was due after half a second, and is answered after a second at the earliest.
    assert.ok(outcome.latencies.maxValue >= 450_000, `${outcome.latencies.maxValue}`);
    assert.ok(outcome.latencies.getValueAtPercentile(50) >= 200_000);
    assert.ok(outcome.windowMs >= 1_000, `${outcome.windowMs}`);
    assert.ok((outcome.begunAfterEnd ?? 0) >= 40, `${outcome.begunAfterEnd}`);
  });

  test("what is older than the wait limit is unfinished with its age, in line or asked", async () => {
    const outcome = await runAgainst(answerOneByOne(20), {
      requestsPerSecond: 200,
      durationMs: 500,
      connections: 3,
      waitLimitMs: 400,
    });
    assert.equal(outcome.requests + outcome.unfinished, 100);
    assert.ok(outcome.unfinished > 20, `${outcome.unfinished}`);
    assert.ok(outcome.received < 100, "those in line were never sent");
    assert.equal(outcome.latencies.totalCount, 100);
    assert.ok(outcome.latencies.maxValue >= 400_000);
    assert.deepEqual(outcome.errors, {});
  });

  test("is on time again when the line is gone", async () => {
    let asked = 0;
    const outcome = await runAgainst(
      async (_server, ...exchange) => {
        if (asked++ < 3) await sleep(200);
        answerRightly(...exchange);
      },
      { requestsPerSecond: 100, durationMs: 1_500, connections: 3 },
    );
    assert.equal(outcome.requests, 150);
    assert.ok(outcome.latencies.maxValue >= 190_000);
    // A line that never ended would keep them all as late as the slow ones. The machine's own moods are in the lateness.
    const lateMicros = outcome.lateness?.getValueAtPercentile(50) ?? 0;
    const middleMicros = outcome.latencies.getValueAtPercentile(50);
    assert.ok(middleMicros < 150_000 + lateMicros, `${middleMicros}, late ${lateMicros}`);
  });

  test("goes on over new connections after a server has hung", async () => {
    let hung = 0;
    const outcome = await runAgainst(
      (_server, ...exchange) => {
        if (hung++ >= 2) answerRightly(...exchange);
      },
      { requestsPerSecond: 40, durationMs: 1_500, connections: 2, waitLimitMs: 300 },
    );
    assert.equal(outcome.requests + outcome.unfinished, 60);
    assert.ok(
      outcome.unfinished >= 2 && outcome.requests >= 20,
      `${outcome.unfinished}, ${outcome.requests}`,
    );
  });

  test("a server that ends leaves errors for all that it was to be asked", async () => {
    let answered = 0;
    const outcome = await runAgainst(
      (_server, request, response) => {
        if (answered++ >= 10) request.socket.destroy();
        else answerRightly(request, response);
      },
      { requestsPerSecond: 100, durationMs: 500, connections: 2 },
    );
    assert.equal(outcome.requests, 10);
    assert.deepEqual(outcome.errors, {
      "the service closed the connection": 2,
      "no connection was left": 38,
    });
  });
});
