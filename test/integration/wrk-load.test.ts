// wrk itself, with the lab's script: it asks what the lab prepared, and counts what it was answered.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import type { Load } from "../../lab/load/generator.ts";
import { findWrk } from "../../lab/load/wrk.ts";
import { createFolder } from "../helpers/folder.ts";
import { type Answer, answerAny, answerRightly, type LoadServer, serveLoad, users } from "../helpers/load.ts";
import { withoutWrk } from "../helpers/wrk.ts";

/** A server that answers rightly until the window begins. */
async function runAgainst(answer: Answer, options: Partial<Load> = {}) {
  const wrk = await findWrk();
  assert.ok(wrk, "wrk is not on the PATH");
  await using server: LoadServer = await serveLoad((...exchange) => {
    if (server.isMeasured()) answer(...exchange);
    else answerAny(...exchange);
  });
  const report = await wrk.run(server.load({ durationMs: 1_000, ...options }), server);
  return { report, received: server.received() };
}

describe("wrk as a load generator", { skip: withoutWrk }, () => {
  test("counts what was answered in the window, and cuts off what is in flight at its end", async () => {
    const { report, received } = await runAgainst(answerAny);
    assert.ok(report.requests > 0);
    assert.ok(
      received >= report.requests && received <= report.requests + 5,
      `${received}, ${report.requests}`,
    );
    assert.deepEqual([report.errors, report.unfinished, report.droppedIterations], [{}, 0, 0]);
    assert.ok(report.windowMs >= 1_000, `${report.windowMs}`);
    assert.ok(report.cpuMicros > 0);
    const histogram = decodeFromCompressedBase64(report.latencyHistogram ?? "");
    assert.equal(histogram.totalCount, report.requests);
  });

  test("a stall is one answer for each connection, whatever wrk adds for it", async () => {
    let stalled = 0;
    const { report } = await runAgainst(async (...exchange) => {
      if (stalled++ < 5) await sleep(300);
      answerAny(...exchange);
    });
    const histogram = decodeFromCompressedBase64(report.latencyHistogram ?? "");
    assert.equal(histogram.totalCount, report.requests);
    const added = JSON.parse(report.raw).latencies.reduce(
      (sum: number, [, count]: number[]) => sum + (count ?? 0),
      0,
    );
    assert.ok(added > report.requests, "this wrk adds nothing");
    assert.ok(report.latencyMs.max >= 290 && report.latencyMs.p50 < 150, JSON.stringify(report.latencyMs));
  });

  test("asks for users that there are, chosen at random", async () => {
    const asked = new Set<string | undefined>();
    await runAgainst((request, response) => {
      asked.add(request.url);
      answerRightly(request, response);
    });
    const paths = new Set(users.map(({ id }) => `/users/${id}`));
    assert.ok([...asked].every((path) => paths.has(path ?? "")));
    assert.ok(asked.size > users.length / 2, `${asked.size}`);
  });

  for (const workload of ["read", "create", "mixed", "last"] as const) {
    test(`runs the workload ${workload}`, async () => {
      const methods = new Set<string | undefined>();
      const { report } = await runAgainst(
        (request, response) => {
          methods.add(request.method);
          answerAny(request, response);
        },
        { workload },
      );
      assert.ok(report.requests > 0);
      assert.deepEqual(report.errors, {});
      const expected = { read: ["GET"], create: ["POST"], mixed: ["GET", "POST"], last: ["GET"] };
      assert.deepEqual([...methods].sort(), expected[workload]);
    });
  }

  test("says what it cannot make: misses, which it takes for errors, and open loads", async () => {
    const wrk = await findWrk();
    assert.equal(wrk?.canMake({ workload: "read" }), true);
    assert.equal(wrk?.canMake({ workload: "miss" }), false);
    assert.equal(wrk?.canMake({ workload: "read", requestsPerSecond: 10 }), false);
  });

  test("every status is checked", async () => {
    let count = 0;
    const { report, received } = await runAgainst((request, response) => {
      if (++count % 2 === 0) response.statusCode = 503;
      answerRightly(request, response);
    });
    const errors = report.errors["status above 399"] ?? 0;
    assert.ok(Math.abs(errors - received / 2) <= 5, `${errors} of ${received}`);
    assert.deepEqual(Object.keys(report.errors), ["status above 399"]);
  });

  test("without an answer in the window it fails, and says so", async () => {
    await assert.rejects(
      runAgainst(() => {}),
      /^Error: wrk had no answer when it ended$/,
    );
  });

  test("a stop ends it at once and leaves no file", async () => {
    using folder = createFolder();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder.path;
    const stop = new AbortController();
    const wrk = await findWrk();
    let asked = 0;
    await using server: LoadServer = await serveLoad((...exchange) => {
      if (server.isMeasured() && ++asked === 10) stop.abort(new Error("enough"));
      answerAny(...exchange);
    });
    const startedMs = performance.now();
    try {
      const { signal } = stop;
      const running = wrk?.run(server.load({ durationMs: 60_000 }), { ...server, signal });
      await assert.rejects(running ?? Promise.resolve(), /enough/);
      assert.ok(performance.now() - startedMs < 30_000);
      assert.deepEqual(readdirSync(folder.path), []);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});
