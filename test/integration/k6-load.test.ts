// k6 itself, with the lab's scripts: it computes the same users as Node does, and counts what it is given.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRandom } from "../../k6/lib/random.ts";
import { seededUser } from "../../k6/lib/users.ts";
import { type WorkloadName, workloads } from "../../k6/lib/workloads.ts";
import type { Load } from "../../lab/load/generator.ts";
import { countVus, findK6, prometheusOutput, readSummary } from "../../lab/load/k6.ts";
import { findRun, readResults } from "../../lab/measure/results.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { withoutK6 } from "../helpers/k6.ts";
import { type Answer, answerAny, answerRightly, type LoadServer, serveLoad } from "../helpers/load.ts";

const NAMES = Object.keys(workloads) as WorkloadName[];
const QUESTIONS = NAMES.filter((name) => "asks" in workloads[name]);
const ABOUT_IDS = NAMES.filter((name) => !QUESTIONS.includes(name));
const LIB = fileURLToPath(new URL("../../k6/lib/", import.meta.url));

/** A server that answers rightly until the window begins. */
async function runAgainst(answer: Answer, options: Partial<Load> = {}) {
  const k6 = await findK6();
  assert.ok(k6, "k6 is not on the PATH");
  await using server: LoadServer = await serveLoad((...exchange) => {
    if (server.isMeasured()) answer(...exchange);
    else answerAny(...exchange);
  });
  const load = server.load({ connections: 3, durationMs: 1_000, waitLimitMs: 5_000, ...options });
  const report = await k6.run(load, server);
  return { report, received: server.received() };
}

describe("k6 as a load generator", { skip: withoutK6 }, () => {
  test("draws the same keys and computes the same users as Node", async () => {
    using folder = createFolder();
    const script = folder.inFolder("print.ts");
    writeFileSync(
      script,
      `import { startRandom } from "${LIB}random.ts";
       import { seededUser } from "${LIB}users.ts";
       import { workloads } from "${LIB}workloads.ts";
       export default function () {
         const random = startRandom(77);
         for (let draw = 0; draw < 200; draw++) {
           const { kind, index } = workloads.mixed.next(random, 1000000);
           console.log(JSON.stringify([kind, seededUser(4294967295, index)]));
         }
       }`,
    );
    const { stderr } = await promisify(execFile)("k6", ["run", "--quiet", "--log-format", "raw", script]);
    const random = startRandom(77);
    const expected = Array.from({ length: 200 }, () => {
      const { kind, index } = workloads.mixed.next(random, 1_000_000);
      return JSON.stringify([kind, seededUser(0xffffffff, index)]);
    });
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.startsWith("[")),
      expected,
    );
  });

  test("counts the requests that a server has answered, in the window alone", async () => {
    const { report, received } = await runAgainst(answerRightly);
    assert.ok(report.requests > 0);
    assert.equal(report.requests, received);
    assert.deepEqual(report.errors, {});
    assert.ok(report.windowMs >= 1_000, `${report.windowMs}`);
    assert.ok(report.cpuMicros > 0);
    const { p50, p90, p99, p999, max } = report.latencyMs;
    const inOrder = p50 > 0 && p50 <= p90 && p90 <= p99 && p99 <= p999 && p999 <= max;
    assert.ok(inOrder, JSON.stringify(report.latencyMs));
  });

  test("every status and a sample of bodies is checked", async () => {
    let count = 0;
    const { report } = await runAgainst((_request, response) => {
      if (++count % 2 === 0) response.statusCode = 503;
      response.end("{}");
    });
    assert.ok((report.errors["wrong status"] ?? 0) > 0);
    assert.ok((report.errors["wrong body"] ?? 0) > 0);
  });

  test("what is not answered within the wait limit is unfinished, not dropped", async () => {
    let count = 0;
    const { report } = await runAgainst(
      async (...exchange) => {
        if (++count <= 3) await sleep(3_000);
        answerRightly(...exchange);
      },
      { waitLimitMs: 500 },
    );
    assert.equal(report.unfinished, 3);
    // k6's time limit begins with the connection, its duration with the request.
    assert.ok(report.latencyMs.max >= 480, `${report.latencyMs.max}`);
  });

  for (const workload of ABOUT_IDS)
    test(`runs the workload ${workload}`, async () => {
      const { report } = await runAgainst(answerAny, { workload });
      assert.ok(report.requests > 0);
      assert.deepEqual(report.errors, {});
    });

  test("runs the workloads of other questions, against a service that answers them", async () => {
    using folder = createFolder();
    const asked = ["--approaches", "map-indexed", "--workloads", QUESTIONS.join(","), "--generator", "k6"];
    const short = [
      "--size",
      "300",
      "--blocks",
      "1",
      "--duration",
      "1s",
      "--warmup",
      "100ms",
      "--counts",
      "no",
    ];
    const places = ["--data", folder.inFolder("data"), "--results", folder.inFolder("results")];
    const { code, stderr } = await runCommand("bench.ts", [...asked, ...short, ...places]);
    const { measurements } = readResults(findRun(folder.inFolder("results"), undefined));
    assert.deepEqual(
      measurements.flatMap(({ workload, error }) => (error === undefined ? [] : [`${workload}: ${error}`])),
      [],
    );
    assert.equal(code, 0, stderr);
    // One whose limit was k6 is made again with another generator.
    const byK6 = measurements.filter(({ generator }) => generator.startsWith("k6"));
    assert.deepEqual(byK6.map(({ workload }) => workload).sort(), QUESTIONS.toSorted());
    for (const { workload, requests } of byK6) assert.ok(requests > 0, workload);
  });
});

describe("an open load by k6", { skip: withoutK6 }, () => {
  test("begins as many requests as the rate makes, over connections that were open before", async () => {
    const k6 = await findK6();
    assert.ok(k6, "k6 is not on the PATH");
    const opened = { before: new Set(), asked: new Set() };
    const ready = new Set();
    await using server: LoadServer = await serveLoad((request, response) => {
      opened[server.isMeasured() ? "asked" : "before"].add(request.socket.remotePort);
      if (request.url === "/health") ready.add(request.socket.remotePort);
      answerAny(request, response);
    });
    const load = { connections: 3, requestsPerSecond: 40, durationMs: 1_500 };
    const report = await k6.run(server.load(load), server);
    // k6 ends half a distance after the last one is due, which is soon over where others use its core.
    assert.ok(report.requests >= 58 && report.requests <= 60, `${report.requests}`);
    assert.equal(server.received(), report.requests);
    assert.equal(report.droppedIterations, 0);
    assert.deepEqual(report.errors, {});
    assert.ok(report.windowMs >= 1_500, `${report.windowMs}`);
    assert.ok(opened.asked.size > 3, `${opened.asked.size}`);
    assert.equal(ready.size, k6.countConnections(load), "connections that are recorded");
    assert.ok([...opened.asked].every((port) => opened.before.has(port)));
    const { latenessMs, latencyMs } = report;
    assert.ok(latenessMs && latenessMs.mean > 0 && latenessMs.mean < latencyMs.mean);
  });

  test("makes rates of less than one request a second", async () => {
    const { report } = await runAgainst(answerRightly, { requestsPerSecond: 0.8, durationMs: 2_500 });
    assert.equal(report.requests, 2);
    assert.ok(report.windowMs >= 2_500, `${report.windowMs}`);
  });

  test("fails when what the service had used is read too late", async () => {
    const k6 = await findK6();
    await using server = await serveLoad(answerAny);
    const running = k6?.run(server.load({ requestsPerSecond: 10, durationMs: 1_000 }), {
      beforeMeasuring: () => sleep(1_200),
    });
    await assert.rejects(running ?? Promise.resolve(), /took \d+ ms too long for k6's open load/);
  });

  test("says how many requests found no virtual user free", async () => {
    const { report, received } = await runAgainst(
      async (...exchange) => {
        await sleep(1_000);
        answerRightly(...exchange);
      },
      // Three hundred virtual users at most, each of which is busy for a second.
      { requestsPerSecond: 500, durationMs: 1_500 },
    );
    assert.ok(report.droppedIterations > 0);
    assert.equal(report.requests, received);
    assert.ok(report.requests + report.droppedIterations >= 750 * 0.9);
  });
});

test("reads a summary of k6", () => {
  const values = { avg: 1, med: 2, "p(90)": 3, "p(99)": 4, "p(99.9)": 4.5, max: 5, count: 100 };
  const count = (n: number) => ({ values: { count: n } });
  const metrics = {
    http_req_duration: { values },
    lab_latency: { values: { ...values, count: 50, med: 20 } },
    lab_lateness: { values },
    lab_answered: { values: { max: 1_800.5 } },
    lab_wrong_status: count(3),
    lab_unfinished: count(2),
    dropped_iterations: count(4),
  };
  const summary = { state: { testRunDurationMs: 2_001 }, metrics };
  const report = readSummary(summary, { durationMs: 1_500 });
  assert.deepEqual(report, {
    requests: 95,
    errors: { "wrong status": 3 },
    unfinished: 2,
    droppedIterations: 4,
    windowMs: 2_001,
    latencyMs: { mean: 1, p50: 2, p90: 3, p99: 4, p999: 4.5, max: 5 },
  });
  const open = readSummary(summary, { durationMs: 1_500, requestsPerSecond: 30 });
  assert.deepEqual([open.requests, open.windowMs, open.latencyMs.p50], [45, 1_800.5, 20]);
  assert.deepEqual(open.latenessMs, report.latencyMs);
});

test("k6 sends its samples to Prometheus where its own variable says so, labelled by the trial", () => {
  const labels = { approach: "map", trial: "3" };
  assert.deepEqual(prometheusOutput({}, labels), []);
  assert.deepEqual(
    prometheusOutput({ K6_PROMETHEUS_RW_SERVER_URL: "http://prometheus:9090/api/v1/write" }, labels),
    ["--out", "experimental-prometheus-rw", "--tag", "approach=map", "--tag", "trial=3"],
  );
});

test("k6 has a virtual user for each connection of a closed load, and enough for a stall of a second in an open one", () => {
  assert.equal(countVus({ connections: 50 }), 50);
  assert.equal(countVus({ connections: 50, requestsPerSecond: 0.5 }), 50);
  assert.equal(countVus({ connections: 50, requestsPerSecond: 200.5 }), 201);
  assert.equal(countVus({ connections: 50, requestsPerSecond: 5_000 }), 300);
  assert.equal(countVus({ connections: 400, requestsPerSecond: 5_000 }), 400);
});
