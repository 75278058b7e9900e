// What all load generators have in common, and where an open load differs from a closed one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { builtin } from "../../lab/load/builtin.ts";
import type { Load, LoadGenerator } from "../../lab/load/generator.ts";
import { findGenerators } from "../../lab/load/generators.ts";
import { findK6 } from "../../lab/load/k6.ts";
import { findWrk } from "../../lab/load/wrk.ts";
import { withoutK6 } from "../helpers/k6.ts";
import { answerRightly, type LoadServer, serveLoad, users } from "../helpers/load.ts";
import { withoutWrk } from "../helpers/wrk.ts";

const STALL_MS = 600;

const generators: [name: string, find: () => Promise<LoadGenerator | null>, skip: false | string][] = [
  ["wrk", findWrk, withoutWrk],
  ["builtin", async () => builtin, false],
  ["k6", findK6, withoutK6],
];

test("the generators at hand come in the order of what they cost", async () => {
  const names = (await findGenerators()).map(({ name }) => name);
  assert.deepEqual(
    names,
    generators.filter(([, , skip]) => skip === false).map(([name]) => name),
  );
});

for (const [name, find, skip] of generators) {
  test(`${name}: a single wrong body while warming up fails the load`, { skip }, async () => {
    const generator = await find();
    let count = 0;
    await using server = await serveLoad((request, response) => {
      if (++count === 20) response.end(JSON.stringify({ ...users[0], name: "Somebody Else" }));
      else answerRightly(request, response);
    });
    const load = server.load({ warmupMs: 500, durationMs: 1_000 });
    const running = generator?.run(load, server);
    await assert.rejects(running ?? Promise.resolve(), /before the window: wrong body \(1\)/);
    assert.equal(server.isMeasured(), false);
  });
}

for (const [name, find, skip] of generators) {
  test(`${name}: a service is warmed up over all connections, which come one by one`, { skip }, async () => {
    const generator = await find();
    const inFlight: number[] = [];
    let now = 0;
    await using server: LoadServer = await serveLoad(async (request, response) => {
      if (server.isMeasured()) return answerRightly(request, response);
      inFlight.push(++now);
      await sleep(5);
      now--;
      answerRightly(request, response);
    });
    await generator?.run(server.load({ connections: 8, warmupMs: 500, durationMs: 1_000 }), server);
    assert.equal(inFlight[0], 1);
    assert.equal(Math.max(...inFlight), 8);
  });
}

/** Runs a load against a server in this process, and lets something happen in the middle of the window. */
async function runWith(
  happening: () => void | Promise<void>,
  generator: LoadGenerator | null,
  options: Partial<Load>,
) {
  await using server: LoadServer = await serveLoad(answerRightly);
  let happened: Promise<void> | undefined;
  const report = await generator?.run(server.load({ durationMs: 3_000, ...options }), {
    async beforeMeasuring() {
      await server.beforeMeasuring();
      happened = sleep(2_000).then(happening);
    },
  });
  await happened;
  assert.ok(report);
  return report;
}

/** Nothing in this process goes on, so its server does not answer. */
function stallServer(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
}

async function stallGenerator(): Promise<void> {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const own = rows.map((row) => row.trim().split(/\s+/)).filter(([, parent]) => parent === `${process.pid}`);
  const pids = own.filter((row) => /k6|builtin-runner/.test(row.join(" "))).map(([pid]) => Number(pid));
  assert.equal(pids.length, 1, "one load generator");
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  await sleep(STALL_MS);
  for (const pid of pids) process.kill(pid, "SIGCONT");
}

const openLoad = { requestsPerSecond: 100, connections: 50 };

describe("a service that stalls", () => {
  test("is seen by an open load: all who would have come meanwhile waited", async () => {
    const report = await runWith(stallServer, builtin, openLoad);
    assert.equal(report.requests, 300);
    assert.ok(report.latencyMs.p99 >= STALL_MS * 0.8, JSON.stringify(report.latencyMs));
    assert.ok(report.latencyMs.p90 >= STALL_MS * 0.2, JSON.stringify(report.latencyMs));
  });

  test("is seen by an open load of k6", { skip: withoutK6 }, async () => {
    const report = await runWith(stallServer, await findK6(), openLoad);
    assert.equal(report.droppedIterations, 0);
    assert.ok(report.requests > 290 && report.requests <= 300, `${report.requests}`);
    assert.ok(report.latencyMs.p99 >= STALL_MS * 0.8, JSON.stringify(report.latencyMs));
    assert.ok(report.latencyMs.p90 >= STALL_MS * 0.2, JSON.stringify(report.latencyMs));
  });

  test("hides in a closed load of one connection, which waits with it: one answer of many is slow", async () => {
    const report = await runWith(stallServer, builtin, { connections: 1 });
    assert.ok(report.requests > 200, `${report.requests}`);
    assert.ok(report.latencyMs.max >= STALL_MS * 0.95, JSON.stringify(report.latencyMs));
    assert.ok(report.latencyMs.p99 < STALL_MS / 2, JSON.stringify(report.latencyMs));
  });
});

describe("a generator that is held up during an open load", () => {
  for (const [name, find, skip] of generators.filter(([name]) => name !== "wrk")) {
    test(`${name} says how late it was, and has that in the latencies`, { skip }, async () => {
      const report = await runWith(stallGenerator, await find(), openLoad);
      const begun = report.requests + report.droppedIterations;
      assert.ok(begun > 290 && begun <= 300, `${begun}`);
      // A fifth of them were due meanwhile.
      assert.ok((report.latenessMs?.p90 ?? 0) >= STALL_MS * 0.3, JSON.stringify(report.latenessMs));
      assert.ok(report.latencyMs.p90 >= STALL_MS * 0.3, JSON.stringify(report.latencyMs));
    });
  }
});
