// The builtin closed load against real servers that answer as badly as servers can.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Load } from "../../lab/load/generator.ts";
import { runLoad } from "../../lab/load/load-session.ts";
import {
  type Answer,
  answerRightly,
  bodyOf,
  type LoadServer,
  serve,
  serveLoad,
  users,
} from "../helpers/load.ts";

async function runAgainst(answer: Answer, options?: Partial<Load>) {
  await using server = await serveLoad(answer);
  return await runLoad(server.load(options), server);
}

/** A server that answers rightly until the window begins. */
async function runAgainstLater(
  answer: (server: LoadServer, ...exchange: Parameters<Answer>) => void,
  options?: Partial<Load>,
) {
  await using server: LoadServer = await serveLoad((request, response) => {
    if (server.isMeasured()) answer(server, request, response);
    else answerRightly(request, response);
  });
  return await runLoad(server.load(options), server);
}

describe("a closed load", () => {
  test("counts every answer in the window, and nothing else", async () => {
    let answered = 0;
    await using server = await serveLoad((request, response) => {
      answered++;
      answerRightly(request, response);
    });
    const samples: number[] = [];
    const outcome = await runLoad(server.load({ warmupMs: 50 }), {
      beforeMeasuring: server.beforeMeasuring,
      sampleMs: 20,
      onSample: (requests) => samples.push(requests),
    });
    assert.ok(answered > server.received(), "no warm-up");
    assert.equal(outcome.requests, server.received());
    assert.equal(outcome.latencies.totalCount, outcome.requests);
    assert.deepEqual(outcome.errors, {});
    assert.ok(outcome.windowMs >= 200, `${outcome.windowMs}`);
    assert.deepEqual([samples[0], samples.at(-1)], [0, outcome.requests]);
    assert.deepEqual(
      samples,
      samples.toSorted((a, b) => a - b),
    );
  });

  test("keeps as many requests in flight as it has connections", async () => {
    let [inFlight, most] = [0, 0];
    await runAgainst(
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

  test("counts the answers of each third of the window: a server that warms up is seen", async () => {
    // Slow for half of the window: then the first third is slow, though a busy machine makes the window half as long again.
    let beganMs = 0;
    const counts = { slow: 0, quick: 0 };
    const outcome = await runAgainstLater(
      async (_server, request, response) => {
        beganMs ||= performance.now();
        const isSlow = performance.now() - beganMs < 450;
        counts[isSlow ? "slow" : "quick"]++;
        if (isSlow) await sleep(100);
        answerRightly(request, response);
      },
      { durationMs: 900 },
    );
    const [first = 0, second = 0, last = 0] = outcome.requestsByThird ?? [];
    assert.equal(first + second + last, outcome.requests);
    assert.ok(first <= counts.slow + 5 && first < counts.quick, `${outcome.requestsByThird}`);
    assert.ok(second + last >= counts.quick - 5, `${outcome.requestsByThird}, ${counts.quick}`);
  });

  test("waits for requests that outlast the window, which grows with them", async () => {
    const outcome = await runAgainst(
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
    const outcome = await runAgainstLater((_server, _request, response) => void hanging.add(response), {
      durationMs: 400,
      waitLimitMs: 600,
    });
    assert.equal(outcome.unfinished, 5);
    assert.equal(outcome.latencies.totalCount, 5);
    assert.ok(outcome.latencies.maxValue >= 600_000);
    assert.ok(outcome.windowMs >= 600, `${outcome.windowMs}`);
  });

  test("opens another connection for one whose answer it has given up", async () => {
    let hung = 0;
    const outcome = await runAgainstLater(
      (_server, request, response) => {
        if (hung++ >= 5) answerRightly(request, response);
      },
      { durationMs: 900, waitLimitMs: 300 },
    );
    assert.equal(outcome.unfinished, 5);
    assert.ok(outcome.requests > 0);
    assert.deepEqual(outcome.errors, {});
  });

  test("a wrong answer is an error by its kind, not a request", async () => {
    let count = 0;
    const outcome = await runAgainstLater((_server, request, response) => {
      count++;
      if (count % 3 === 0) response.statusCode = 500;
      response.end(count % 3 === 1 ? JSON.stringify(users[0]) : bodyOf(request.url));
    });
    assert.deepEqual(Object.keys(outcome.errors).sort(), ["status 500", "wrong body"]);
    const errors = Object.values(outcome.errors).reduce((sum, n) => sum + n, 0);
    assert.ok(errors > outcome.requests, `${errors} errors, ${outcome.requests} requests`);
  });

  test("an answer that comes byte by byte is an answer", async () => {
    await using server = await serve(
      createTcpServer((socket: Socket) => {
        socket.setNoDelay(true);
        socket.on("data", async (bytes) => {
          const path = /^GET (\S+)/.exec(bytes.toString())?.[1] ?? "";
          const body = Buffer.from(bodyOf(path) ?? "");
          const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
          const answer = Buffer.concat([head, body]);
          for (let at = 0; at < answer.length; at += 7) {
            socket.write(answer.subarray(at, at + 7));
            await sleep(0);
          }
        });
      }),
    );
    const outcome = await runLoad(server.load({ connections: 2 }), { beforeMeasuring: async () => {} });
    assert.ok(outcome.requests > 0);
    assert.deepEqual(outcome.errors, {});
  });

  test("lost connections are errors, and the load ends when none is left", async () => {
    let answered = 0;
    const outcome = await runAgainstLater((_server, request, response) => {
      if (answered++ > 100) request.socket.destroy();
      else answerRightly(request, response);
    });
    assert.deepEqual(outcome.errors, { "the service closed the connection": 5 });
    assert.ok(outcome.requests > 0);
  });
});

describe("the warm-up of a load", () => {
  test("fails when a connection is lost, and when there is no answer", async () => {
    const losing = runAgainst((request) => void request.socket.destroy());
    await assert.rejects(losing, /^Error: before the window: the service closed the connection \(1\)$/);
    const hanging = runAgainst(() => {}, { waitLimitMs: 300 });
    await assert.rejects(hanging, /^Error: before the window: not answered within the wait limit \(1\)$/);
  });

  test("fails when any answer is wrong", async () => {
    let count = 0;
    const wrong = runAgainst(
      (request, response) => {
        count++;
        if (count === 10) response.end(JSON.stringify({ ...users[0], name: "Somebody Else" }));
        else {
          if (count === 11) response.statusCode = 500;
          answerRightly(request, response);
        }
      },
      { warmupMs: 200 },
    );
    await assert.rejects(wrong, /^Error: before the window: wrong body \(1\), status 500 \(1\)$/);
  });

  test("fails when a connection is lost between it and the window", async () => {
    const server = createTcpServer();
    const sockets: Socket[] = [];
    server.on("connection", (socket) => {
      sockets.push(socket);
      socket.on("data", (bytes) => {
        const body = bodyOf(/^GET (\S+)/.exec(bytes.toString())?.[1]) ?? "";
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
      });
    });
    await using served = await serve(server);
    const running = runLoad(served.load(), {
      beforeMeasuring: async () => {
        sockets[0]?.destroy();
        await sleep(50);
      },
    });
    await assert.rejects(running, /^Error: before the window: the service closed the connection \(1\)$/);
  });

  test("fails when the service is not there", async () => {
    const { load, ...served } = await serve(createTcpServer());
    await served[Symbol.asyncDispose]();
    const running = runLoad(load(), { beforeMeasuring: async () => {} });
    await assert.rejects(running, /ECONNREFUSED/);
  });
});
