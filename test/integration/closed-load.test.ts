// The builtin load against real servers that answer as badly as servers can.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededUser } from "../../k6/lib/users.ts";
import { type LoadOutcome, runClosedLoad } from "../../lab/load/closed-load.ts";
import type { Load } from "../../lab/load/generator.ts";

const SIZE = 100;
const users = Array.from({ length: SIZE }, (_, index) => seededUser(1, index));
const bodies = new Map(users.map((user) => [`/users/${user.id}`, JSON.stringify(user)]));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answerRightly: Answer = (request, response) => void response.end(bodies.get(request.url ?? ""));

async function runAgainst(server: Server, options: Partial<Load> = {}): Promise<LoadOutcome> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const load: Load = {
    host: "127.0.0.1",
    port,
    workload: "read",
    size: SIZE,
    dataSeed: 1,
    seed: 2,
    storesUsers: true,
    connections: 5,
    warmupMs: 20,
    durationMs: 200,
    waitLimitMs: 10_000,
    ...options,
  };
  try {
    return await runClosedLoad(load, { beforeMeasuring: async () => {} });
  } finally {
    server.close();
  }
}

const against = (answer: Answer, options?: Partial<Load>) => runAgainst(createServer(answer), options);

describe("a closed load", () => {
  test("counts every answer in the window, and nothing else", async () => {
    let answered = 0;
    let answeredBefore = 0;
    const server = createServer((request, response) => {
      answered++;
      answerRightly(request, response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const load = { host: "127.0.0.1", port, workload: "read", size: SIZE, dataSeed: 1, seed: 2 } as const;
    const limits = { storesUsers: true, connections: 5, warmupMs: 50, durationMs: 200, waitLimitMs: 5_000 };
    const samples: number[] = [];
    const outcome = await runClosedLoad(
      { ...load, ...limits },
      {
        beforeMeasuring: async () => {
          answeredBefore = answered;
        },
        sampleMs: 20,
        onSample: (requests) => samples.push(requests),
      },
    );
    server.close();
    assert.ok(answeredBefore > 0, "no warm-up");
    assert.equal(outcome.requests, answered - answeredBefore);
    assert.equal(outcome.latencies.totalCount, outcome.requests);
    assert.deepEqual(outcome.errors, {});
    assert.ok(outcome.windowMs >= 200 && outcome.windowMs < 400, `${outcome.windowMs}`);
    assert.deepEqual([samples[0], samples.at(-1)], [0, outcome.requests]);
    assert.deepEqual(
      samples,
      samples.toSorted((a, b) => a - b),
    );
  });

  test("keeps as many requests in flight as it has connections", async () => {
    let [inFlight, most] = [0, 0];
    await against(
      async (request, response) => {
        inFlight++;
        most = Math.max(most, inFlight);
        await sleep(5);
        inFlight--;
        answerRightly(request, response);
      },
      { connections: 7 },
    );
    assert.equal(most, 7);
  });

  test("waits for requests that outlast the window, which grows with them", async () => {
    const outcome = await against(
      async (request, response) => {
        await sleep(500);
        answerRightly(request, response);
      },
      { warmupMs: 1, durationMs: 100 },
    );
    assert.equal(outcome.requests, 5);
    assert.equal(outcome.unfinished, 0);
    assert.ok(outcome.windowMs >= 490, `${outcome.windowMs}`);
    assert.ok(outcome.latencies.minNonZeroValue >= 490_000);
  });

  test("counts what is not answered within the wait limit as unfinished, with its age", async () => {
    const hanging = new Set<ServerResponse>();
    const startedMs = performance.now();
    const server = createServer((request, response) => {
      if (performance.now() - startedMs > 150) hanging.add(response);
      else answerRightly(request, response);
    });
    const outcome = await runAgainst(server, { durationMs: 400, waitLimitMs: 600 });
    assert.equal(outcome.unfinished, 5);
    assert.equal(outcome.latencies.totalCount, outcome.requests + 5);
    assert.ok(outcome.latencies.maxValue >= 600_000);
    assert.ok(outcome.windowMs >= 600, `${outcome.windowMs}`);
  });

  test("a wrong answer is an error by its kind, not a request", async () => {
    let count = 0;
    const outcome = await against((request, response) => {
      count++;
      if (count % 3 === 0) response.statusCode = 500;
      response.end(count % 3 === 1 ? JSON.stringify(users[0]) : bodies.get(request.url ?? ""));
    });
    assert.deepEqual(Object.keys(outcome.errors).sort(), ["status 500", "wrong body"]);
    const errors = Object.values(outcome.errors).reduce((sum, n) => sum + n, 0);
    assert.ok(errors > outcome.requests, `${errors} errors, ${outcome.requests} requests`);
  });

  test("an answer that comes byte by byte is an answer", async () => {
    const server = createTcpServer((socket: Socket) => {
      socket.setNoDelay(true);
      socket.on("data", async (bytes) => {
        const path = /^GET (\S+)/.exec(bytes.toString())?.[1] ?? "";
        const body = Buffer.from(bodies.get(path) ?? "");
        const answer = Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`),
          body,
        ]);
        for (let at = 0; at < answer.length; at += 7) {
          socket.write(answer.subarray(at, at + 7));
          await sleep(0);
        }
      });
    });
    const outcome = await runAgainst(server, { connections: 2 });
    assert.ok(outcome.requests > 0);
    assert.deepEqual(outcome.errors, {});
  });

  test("lost connections are errors, and the load ends when none is left", async () => {
    const startedMs = performance.now();
    const outcome = await against((request, response) => {
      if (performance.now() - startedMs > 120) request.socket.destroy();
      else answerRightly(request, response);
    });
    assert.deepEqual(outcome.errors, { "the service closed the connection": 5 });
    assert.ok(outcome.requests > 0);
  });

  test("connections lost in the warm-up are a failure, and so is a warm-up without an answer", async () => {
    const losing = against((request) => void request.socket.destroy());
    await assert.rejects(losing, /1 of 5 connections were lost before the window: the service closed/);
    const hanging = against(() => {}, { waitLimitMs: 300 });
    await assert.rejects(hanging, /1 of 5 connections were lost before the window: not answered/);
  });

  test("a service that is not there is a failure", async () => {
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    const load = { host: "127.0.0.1", port, workload: "read", size: SIZE, dataSeed: 1, seed: 2 } as const;
    const limits = { storesUsers: true, connections: 2, warmupMs: 1, durationMs: 100, waitLimitMs: 100 };
    const running = runClosedLoad({ ...load, ...limits }, { beforeMeasuring: async () => {} });
    await assert.rejects(running, /ECONNREFUSED/);
  });
});
