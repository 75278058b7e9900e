// A service whose database server is stopped and comes back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type PostgresServer, startPostgres } from "../../lab/targets/postgres-server.ts";
import type { User } from "../../services/storage/user.ts";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { startProxy, type TcpProxy } from "../helpers/proxy.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { someUsers } from "../helpers/users.ts";

const users = someUsers(5);
const known = users[0] as User;
/** Far longer than a refusal takes, far shorter than a service that hangs. */
const REFUSAL_LIMIT_MS = 5_000;

let testServer: TestServer;
let server: PostgresServer;
let proxy: TcpProxy;
let databaseUrl: string;

const portOf = (url: string) => Number(new URL(url).port);

before(async () => {
  testServer = await startTestServer();
  server = testServer.server;
  const url = new URL(await testServer.createDatabase(users));
  proxy = await startProxy(Number(url.port));
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
  for (const route of ["read", "write", "health"] as const) {
    const answer = await send(address, route);
    assert.equal(answer.status, 503, route);
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
