// What a service does with requests that it cannot read, that never arrive, and that are too many.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { writeSeededUsers } from "../../lab/data/seed.ts";
import { MAX_BATCHES, MAX_PIPELINED, planLimits, readOpenFileLimit } from "../../services/http/limits.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { createFolder } from "../helpers/folder.ts";
import { ADA, JSON_TYPE, postBatch, startService } from "../helpers/http.ts";
import { drip, openRaw, splitAnswers } from "../helpers/raw-connection.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";

const SHORT = { request: 400, keepAlive: 500, check: 50 };
const HEAD = "GET /users/a HTTP/1.1\r\nhost: x\r\n";
const POST = "POST /users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

/** A store whose answers come when `answer` is called. */
function waitingStore(): UserStore & { readonly answer: () => void; readonly asked: () => number } {
  const { promise, resolve } = Promise.withResolvers<null>();
  let asked = 0;
  return {
    findById: () => {
      asked++;
      return promise;
    },
    insert: () => promise.then(() => "inserted" as const),
    insertMany: () => promise.then(() => "inserted" as const),
    check: () => {},
    describe: () => ({ recordsAtStart: 0, dataBytes: 0, settings: {} }),
    answer: () => resolve(null),
    asked: () => asked,
    async [Symbol.asyncDispose]() {},
  };
}

describe("a request that does not arrive in time is answered 408, and its connection closed", () => {
  const slow: [string, start: string, rest: string][] = [
    ["nothing at all", "", ""],
    ["a head byte by byte", HEAD, "x"],
    ["a head that ends in the middle", HEAD, ""],
    ["a body byte by byte", `${POST}content-length: 1000\r\n\r\n{`, " "],
    ["a body that ends in the middle", `${POST}content-length: 1000\r\n\r\n{`, ""],
    ["a body in chunks of a byte", `${POST}transfer-encoding: chunked\r\n\r\n`, "1\r\n \r\n"],
  ];
  for (const [form, start, rest] of slow)
    test(form, async () => {
      await using service = await startService(waitingStore(), { receivingMs: SHORT });
      const connection = openRaw(service.port, start);
      const received = await (rest === "" ? connection.closed : drip(connection, rest, 20));
      assert.deepEqual(splitAnswers(received), [
        { status: 408, body: '{"error":"the request took too long to arrive"}' },
      ]);
      assert.equal((await service.get("/health")).status, 200);
    });
});

test("an answer that takes longer than a request may is waited for, and its connection kept", async () => {
  const store = waitingStore();
  await using service = await startService(store, { receivingMs: SHORT });
  const answer = service.get("/users/a");
  const written = service.post(ADA);
  await sleep(3 * SHORT.request);
  store.answer();
  assert.deepEqual([(await answer).status, (await written).status], [404, 201]);
});

test("a connection that asks nothing more is closed, and not while it asks", async () => {
  await using service = await startService(waitingStore(), { receivingMs: SHORT });
  const connection = openRaw(service.port);
  const untilMs = performance.now() + 3 * SHORT.keepAlive;
  let asked = 0;
  for (; performance.now() < untilMs; asked++) {
    connection.socket.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
    await sleep(SHORT.keepAlive / 10);
  }
  const answers = splitAnswers(await connection.closed);
  assert.equal(answers.length, asked);
  assert.ok(answers.every(({ status }) => status === 200));
});

describe("what is no request is answered, and its connection closed, and others go on", () => {
  const wrong: [string, text: string, status: number][] = [
    ["no HTTP", "HELLO\r\n\r\n", 400],
    ["a TLS greeting", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 400],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["no host", "GET /users/a HTTP/1.1\r\n\r\n", 400],
    ["a header without a name", `${HEAD}: x\r\n\r\n`, 400],
    ["a header with a NUL", `${HEAD}a: \0\r\n\r\n`, 400],
    ["two lengths", `${POST}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`, 400],
    ["a length and chunks", `${POST}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`, 400],
    ["a length that is negative", `${POST}content-length: -1\r\n\r\n`, 400],
    ["a chunk that is none", `${POST}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
    ["a head of 200 kB", `${HEAD}x: ${"x".repeat(200_000)}\r\n\r\n`, 431],
  ];
  for (const [form, text, status] of wrong)
    test(form, async () => {
      await using service = await startService(waitingStore());
      const received = await openRaw(service.port, text).closed;
      assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(received.split("HTTP/1.1").length, 2);
      assert.doesNotMatch(splitAnswers(received)[0]?.body ?? "", /\/|\bat\b|node/);
      assert.equal((await service.get("/health")).status, 200);
    });
});

test("requests beyond those in flight are refused until others are answered", async () => {
  const store = waitingStore();
  await using service = await startService(store);
  const { inFlight } = planLimits(readOpenFileLimit());
  const connections = Array.from({ length: inFlight / MAX_PIPELINED }, () =>
    openRaw(service.port, `${HEAD}\r\n`.repeat(MAX_PIPELINED)),
  );
  await waitFor(() => store.asked() === inFlight);
  const { status, headers, json } = await service.get("/users/b");
  assert.deepEqual(
    [status, headers["retry-after"], json],
    [503, "1", { error: "too many requests at once" }],
  );
  assert.equal((await service.post(ADA)).status, 503);
  assert.equal((await service.get("/health")).status, 200);
  assert.match(
    (await service.get("/metrics")).text,
    new RegExp(`^http_requests_in_flight ${inFlight}$`, "m"),
  );
  store.answer();
  const answers = () => connections.flatMap(({ received }) => splitAnswers(received()));
  await waitFor(() => answers().length === inFlight);
  assert.ok(answers().every((answer) => answer.status === 404));
  assert.equal((await service.get("/users/b")).status, 404);
  assert.match((await service.get("/metrics")).text, /^http_requests_in_flight 0$/m);
  assert.deepEqual(service.log, ["/users/b: too many requests at once"]);
  for (const { socket } of connections) socket.destroy();
});

describe("of requests that come over one connection at once", () => {
  /** So many arrive as one piece, and as many pieces as there is room for. */
  const SEVERAL = 200;
  const FLOOD = 20_000;
  const REFUSED = { status: 503, body: '{"error":"too many requests at once on one connection"}' };
  /** One is under way; so many may wait behind it. */
  const ALLOWED = 1 + MAX_PIPELINED;
  const LINE = `connections: one with more than ${MAX_PIPELINED} requests at once is closed`;
  const HEALTH = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";

  test("one beyond the limit is refused, the others are not looked at, and the connection is closed", async () => {
    const store = waitingStore();
    await using service = await startService(store);
    const connection = openRaw(service.port, `${HEAD}\r\n`.repeat(SEVERAL));
    await waitFor(() => store.asked() === ALLOWED);
    store.answer();
    const answers = splitAnswers(await connection.closed);
    assert.deepEqual(answers.pop(), REFUSED);
    assert.equal(answers.length, ALLOWED);
    assert.ok(answers.every(({ status }) => status === 404));
    assert.equal(store.asked(), ALLOWED);
    assert.deepEqual(service.log, [LINE]);
  });

  test("one beyond it is refused as well where each is answered at once", async () => {
    await using service = await startService(waitingStore());
    const answers = splitAnswers(await openRaw(service.port, HEALTH.repeat(SEVERAL)).closed);
    assert.deepEqual(answers.pop(), REFUSED);
    assert.equal(answers.length, ALLOWED);
    assert.ok(answers.every(({ status }) => status === 200));
  });

  test("a flood is not read, and others are answered meanwhile", async () => {
    const store = waitingStore();
    await using service = await startService(store);
    const connection = openRaw(service.port, `${HEAD}\r\n`.repeat(FLOOD));
    await waitFor(() => service.log.includes(LINE));
    assert.equal((await service.get("/health")).status, 200);
    assert.equal(store.asked(), ALLOWED);
    store.answer();
    // What it had not read yet makes the system reset the connection, with answers on their way.
    assert.ok(splitAnswers(await connection.closed).length <= ALLOWED + 1);
    assert.equal(store.asked(), ALLOWED);
  });

  test("as many as are allowed are answered, again and again", async () => {
    const store = waitingStore();
    store.answer();
    await using service = await startService(store);
    const connection = openRaw(service.port);
    for (let round = 1; round <= 20; round++) {
      connection.socket.write(`${HEAD}\r\n`.repeat(ALLOWED));
      await waitFor(() => splitAnswers(connection.received()).length === round * ALLOWED);
    }
    assert.ok(splitAnswers(connection.received()).every(({ status }) => status === 404));
    assert.deepEqual(service.log, []);
    connection.socket.destroy();
  });

  test("one beyond it whose answer never comes ends its connection as an idle one does", async () => {
    await using service = await startService(waitingStore(), { receivingMs: SHORT });
    const answers = splitAnswers(await openRaw(service.port, `${HEAD}\r\n`.repeat(SEVERAL)).closed);
    assert.deepEqual(answers, []);
  });
});

test("requests whose clients have gone are no longer in flight once the store has answered", async () => {
  const store = waitingStore();
  await using service = await startService(store);
  const connections = Array.from({ length: 50 }, () => openRaw(service.port, `${HEAD}\r\n`));
  await waitFor(() => store.asked() === 50);
  for (const { socket } of connections) socket.destroy();
  store.answer();
  await waitFor(async () => /^http_requests_in_flight 0$/m.test((await service.get("/metrics")).text));
});

test("batches beyond those that are arriving are refused until others have gone", async () => {
  await using service = await startService(waitingStore());
  const part =
    "POST /users/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
  const arriving = Array.from({ length: MAX_BATCHES }, () => openRaw(service.port, part));
  // Refused before its body is looked at, which is wrong.
  await waitFor(async () => (await postBatch(service, [])).status === 503);
  assert.equal((await service.post({})).status, 400);
  for (const { socket } of arriving) socket.destroy();
  await waitFor(async () => (await postBatch(service, [])).status === 400);
});

const withoutProc = process.platform === "linux" ? false : "not run: descriptors are counted in /proc";

test("a service with few descriptors refuses what it has none for, says so, and goes on", {
  skip: withoutProc,
}, async () => {
  using folder = createFolder();
  await writeSeededUsers({ file: folder.inFolder("users.jsonl"), size: 20_000 });
  const openFiles = 128;
  const { connections } = planLimits(openFiles);
  await using service = startServiceProcess({ APPROACH: "linear", DATA_DIR: folder.path }, { openFiles });
  const address = await service.listening();
  const port = Number(new URL(address).port);
  const countDescriptors = () => readdirSync(`/proc/${service.child.pid}/fd`).length;
  const before = countDescriptors();

  let closed = 0;
  const silent = Array.from({ length: connections + 50 }, () => openRaw(port));
  for (const connection of silent) void connection.closed.then(() => closed++);
  await waitFor(() => closed === 50);
  assert.match(service.stderr(), /^linear: connections: more than 80 at once; those beyond are closed$/m);
  for (const { socket } of silent) socket.destroy();
  await waitFor(() => countDescriptors() <= before);

  const asking = Array.from({ length: connections }, () => openRaw(port, `${HEAD}connection: close\r\n\r\n`));
  const answers = (await Promise.all(asking.map((connection) => connection.closed))).map(splitAnswers);
  const statuses = new Set(answers.flat().map(({ status }) => status));
  assert.deepEqual([...statuses].toSorted(), [404, 503]);
  assert.match(service.stderr(), /^linear: \/users\/a: too many requests at once$/m);

  assert.equal((await fetch(`${address}/users/a`)).status, 404);
  const body = JSON.stringify(ADA);
  const created = await fetch(`${address}/users`, { method: "POST", body, headers: JSON_TYPE });
  assert.equal(created.status, 201);
  // The client's own connections stay open.
  await waitFor(() => countDescriptors() <= before + 2);
  service.child.kill("SIGTERM");
  assert.deepEqual(await service.ended(), [0, null]);
});
