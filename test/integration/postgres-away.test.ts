// A service whose database server is stopped and comes back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startProxy, type TcpProxy } from "../../lab/attack/proxy.ts";
import { type PostgresServer, startPostgres } from "../../lab/targets/postgres-server.ts";
import { signalTree } from "../../lab/targets/signal-tree.ts";
import type { User } from "../../services/storage/user.ts";
import { runSql, startTestServer, type TestServer } from "../helpers/postgres.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { someUsers } from "../helpers/users.ts";

const users = someUsers(5);
const known = users[0] as User;
/** Longer than a refusal takes, which for a server that hangs is six seconds; far shorter than what never comes. */
const REFUSAL_LIMIT_MS = 12_000;

let testServer: TestServer;
let server: PostgresServer;
let proxy: TcpProxy;
let databaseUrl: string;
let databaseName: string;

const portOf = (url: string) => Number(new URL(url).port);

before(async () => {
  testServer = await startTestServer();
  server = testServer.server;
  const url = new URL(await testServer.createDatabase(users));
  proxy = await startProxy(Number(url.port));
  databaseName = url.pathname.slice(1);
  url.port = String(proxy.port);
  databaseUrl = url.href;
});
after(async () => {
  await server.stop();
  await proxy[Symbol.asyncDispose]();
  await testServer[Symbol.asyncDispose]();
});

async function stopServer(): Promise<void> {
  proxy.pointTo(undefined);
  await server.stop();
}

async function startServer(): Promise<void> {
  server = await startPostgres({ folder: testServer.folder });
  proxy.pointTo(portOf(server.urlOf("postgres")));
}

const startService = () => startServiceProcess({ APPROACH: "postgres", DATABASE_URL: databaseUrl });

function send(address: string, route: "read" | "write" | "health"): Promise<Response> {
  const signal = AbortSignal.timeout(REFUSAL_LIMIT_MS);
  if (route === "health") return fetch(`${address}/health`, { signal });
  if (route === "read") return fetch(`${address}/users/${known.id}`, { signal });
  const body = JSON.stringify({ name: "Ada", email: "ada@example.com" });
  const headers = { "content-type": "application/json" };
  return fetch(`${address}/users`, { method: "POST", body, headers, signal });
}

async function assertAway(address: string): Promise<void> {
  const routes = ["read", "write", "health"] as const;
  for (const answer of await Promise.all(routes.map((route) => send(address, route)))) {
    assert.equal(answer.status, 503, answer.url);
    assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
    assert.deepEqual(await answer.json(), { error: "the database is away" });
  }
}

/** The service must come back without help; then it answers right. */
async function assertRecovers(address: string): Promise<void> {
  await waitFor(async () => (await send(address, "health")).ok);
  const answer = await send(address, "read");
  assert.deepEqual([answer.status, await answer.json()], [200, known]);
  assert.equal((await send(address, "write")).status, 201);
}

test("a service starts without its database, says so, answers 503, and recovers when it comes", async () => {
  await stopServer();
  await using service = startService();
  const address = await service.listening();
  assert.match(
    service.stderr(),
    /^postgres: PostgreSQL is away, will try again: [^\n]+\npostgres: listening/,
  );
  await assertAway(address);
  await startServer();
  await assertRecovers(address);
  service.child.kill("SIGTERM");
  assert.deepEqual(await service.ended(), [0, null]);
});

test("a service whose database is stopped under load answers 503 and recovers, again and again", async () => {
  await using service = startService();
  const address = await service.listening();
  await assertRecovers(address);
  for (const _round of [1, 2]) {
    const statuses = new Set<number>();
    let isOver = false;
    const load = Array.from({ length: 20 }, async (_, client) => {
      while (!isOver) {
        const answer = await send(address, client % 4 === 0 ? "write" : "read");
        await answer.arrayBuffer();
        statuses.add(answer.status);
        if (answer.status === 503) await sleep(20);
      }
    });
    await waitFor(() => statuses.has(200) && statuses.has(201));
    await stopServer();
    await waitFor(() => statuses.has(503));
    await assertAway(address);
    await startServer();
    isOver = true;
    await Promise.all(load);
    await assertRecovers(address);
    assert.deepEqual([...statuses].toSorted(), [200, 201, 503]);
  }
});

describe("a service whose database", () => {
  test("hangs answers 503 in time, and recovers when it goes on", async () => {
    await using service = startService();
    const address = await service.listening();
    await assertRecovers(address);
    signalTree(server.pid, "SIGSTOP");
    try {
      await Promise.all([assertAway(address), assertAway(address)]);
    } finally {
      signalTree(server.pid, "SIGCONT");
    }
    await assertRecovers(address);
    assert.match(service.stderr(), /^postgres: PostgreSQL left requests unanswered for 5 s;/m);
  });

  test("hangs ends on a signal", async () => {
    await using service = startService();
    await assertRecovers(await service.listening());
    signalTree(server.pid, "SIGSTOP");
    try {
      service.child.kill("SIGTERM");
      assert.deepEqual(await service.ended(), [0, null]);
    } finally {
      signalTree(server.pid, "SIGCONT");
    }
  });

  test("hangs when it starts starts, and serves when it goes on", async () => {
    signalTree(server.pid, "SIGSTOP");
    const service = startService();
    try {
      await assertAway(await service.listening());
    } finally {
      signalTree(server.pid, "SIGCONT");
    }
    await assertRecovers(await service.listening());
    await service[Symbol.asyncDispose]();
  });

  test("cuts its connections answers 503 or rightly, and has stored all that it answered 201", async () => {
    await using service = startService();
    const address = await service.listening();
    const created: { id: string }[] = [];
    const statuses = new Set<number>();
    let isOver = false;
    const load = Array.from({ length: 10 }, async () => {
      while (!isOver) {
        const answer = await send(address, "write");
        statuses.add(answer.status);
        const body = (await answer.json()) as { id: string };
        if (answer.status === 201) created.push(body);
      }
    });
    for (let cuts = 0; cuts < 20; cuts++) {
      await runSql(
        server.urlOf("postgres"),
        (sql) => sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${databaseName}`,
      );
      await sleep(50);
    }
    isOver = true;
    await Promise.all(load);
    assert.deepEqual([...statuses].toSorted(), [201, 503]);
    await assertRecovers(address);
    for (const user of created)
      assert.deepEqual(await (await fetch(`${address}/users/${user.id}`)).json(), user);
  });
});

test("a service that its database refuses does not start, and says why", async () => {
  const url = new URL(databaseUrl);
  url.password = "wrong";
  await using service = startServiceProcess({ APPROACH: "postgres", DATABASE_URL: url.href });
  assert.deepEqual(await service.ended(), [1, null]);
  assert.match(service.stderr(), /^DATABASE_URL: password authentication failed for user "lab"\n$/);
});

test("a service without its database ends on a signal", async () => {
  await stopServer();
  await using service = startService();
  const address = await service.listening();
  // What matters is its end; a request that it has not read yet finds the connection closed.
  const answers = Promise.allSettled(Array.from({ length: 20 }, () => send(address, "read")));
  service.child.kill("SIGTERM");
  assert.deepEqual(await service.ended(), [0, null]);
  await answers;
});
