// k6 itself, with the lab's scripts: it computes the same users as Node does, and counts what it is given.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRandom } from "../../k6/lib/random.ts";
import { seededUser } from "../../k6/lib/users.ts";
import { type WorkloadName, workloads } from "../../k6/lib/workloads.ts";
import { findK6, prometheusOutput, readSummary } from "../../lab/load/k6.ts";
import { createFolder } from "../helpers/folder.ts";
import { withoutK6 } from "../helpers/k6.ts";

const LIB = fileURLToPath(new URL("../../k6/lib/", import.meta.url));
const SIZE = 100;
const users = Array.from({ length: SIZE }, (_, index) => seededUser(1, index));
const bodies = new Map(users.map((user) => [`/users/${user.id}`, JSON.stringify(user)]));

type Answer = (request: IncomingMessage, response: ServerResponse, phase: string) => void;

async function runAgainst(answer: Answer, options: { workload?: WorkloadName; waitLimitMs?: number } = {}) {
  const k6 = await findK6();
  assert.ok(k6, "k6 is not on the PATH");
  let phase = "warm-up";
  let received = 0;
  const server = createServer((request, response) => {
    if (phase === "window") received++;
    answer(request, response, phase);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { workload = "read", waitLimitMs = 5_000 } = options;
  const keys = { workload, size: SIZE, dataSeed: 1, seed: 2, storesUsers: true };
  const limits = { connections: 3, warmupMs: 10, durationMs: 1_000, waitLimitMs };
  const beforeMeasuring = async () => {
    phase = "window";
  };
  try {
    const report = await k6.run({ host: "127.0.0.1", port, ...keys, ...limits }, { beforeMeasuring });
    return { report, received };
  } finally {
    server.close();
    server.closeAllConnections();
  }
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
    const { report, received } = await runAgainst((request, response) => {
      response.end(bodies.get(request.url ?? ""));
    });
    assert.ok(report.requests > 0);
    assert.equal(report.requests, received);
    assert.deepEqual(report.errors, {});
    assert.ok(report.windowMs >= 1_000, `${report.windowMs}`);
    assert.ok(report.cpuMicros > 0);
    const { p50, p90, p99, max } = report.latencyMs;
    assert.ok(p50 > 0 && p50 <= p90 && p90 <= p99 && p99 <= max, JSON.stringify(report.latencyMs));
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
      async (request, response, phase) => {
        if (phase === "window" && ++count <= 3) await sleep(3_000);
        response.end(bodies.get(request.url ?? ""));
      },
      { waitLimitMs: 500 },
    );
    assert.equal(report.unfinished, 3);
    // k6's time limit begins with the connection, its duration with the request.
    assert.ok(report.latencyMs.max >= 480, `${report.latencyMs.max}`);
  });

  for (const workload of Object.keys(workloads) as WorkloadName[]) {
    test(`runs the workload ${workload}`, async () => {
      const { report } = await runAgainst(answerAny, { workload });
      assert.ok(report.requests > 0);
      assert.deepEqual(report.errors, {});
    });
  }
});

/** Answers every workload rightly. */
const answerAny: Answer = (request, response) => {
  if (request.method === "GET") {
    const body = bodies.get(request.url ?? "");
    response.statusCode = body ? 200 : 404;
    response.end(body ?? '{"error":"not found"}');
    return;
  }
  let text = "";
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const { name, email } = JSON.parse(text);
    const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    response.statusCode = 201;
    response.end(JSON.stringify({ id, name, email, created_at: "2020-01-01T00:00:00.000Z" }));
  });
};

test("reads a summary of k6", () => {
  const values = { avg: 1, med: 2, "p(90)": 3, "p(99)": 4, "p(99.9)": 4.5, max: 5, count: 100 };
  const count = (n: number) => ({ values: { count: n } });
  const report = readSummary({
    state: { testRunDurationMs: 2_001 },
    metrics: {
      http_req_duration: { values },
      http_reqs: count(100),
      lab_wrong_status: count(3),
      lab_unfinished: count(2),
      dropped_iterations: count(4),
    },
  });
  assert.deepEqual(report, {
    requests: 95,
    errors: { "wrong status": 3 },
    unfinished: 2,
    droppedIterations: 4,
    windowMs: 2_001,
    latencyMs: { mean: 1, p50: 2, p90: 3, p99: 4, p999: 4.5, max: 5 },
  });
});

test("k6 sends its samples to Prometheus where its own variable says so, labelled by the trial", () => {
  const labels = { approach: "map", trial: "3" };
  assert.deepEqual(prometheusOutput({}, labels), []);
  assert.deepEqual(
    prometheusOutput({ K6_PROMETHEUS_RW_SERVER_URL: "http://prometheus:9090/api/v1/write" }, labels),
    ["--out", "experimental-prometheus-rw", "--tag", "approach=map", "--tag", "trial=3"],
  );
});
