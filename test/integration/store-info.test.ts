// What the lab makes of a service's answer to GET /info. The services' own answers are in the contract and the bench's
// tests.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { readInfo } from "../../lab/targets/store-info.ts";

async function answering(status: number, body: unknown) {
  const server = createServer((_request, response) => {
    response.writeHead(status).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const info = {
  approach: "mine",
  durability: "process",
  recordsAtStart: 3,
  dataBytes: 300,
  settings: { mode: "fast", level: 2, isSynced: false },
  versions: { node: "24.0.0" },
};

test("a service's words about its store are taken as they are", async () => {
  await using service = await answering(200, info);
  assert.deepEqual(await readInfo(service.base), info);
});

test("a store that says something else than it should is named, with the field", async () => {
  await using service = await answering(200, { ...info, settings: { files: ["a"] } });
  await assert.rejects(readInfo(service.base), {
    message: `GET ${service.base}/info: settings.files: expected string or number or boolean, found a list`,
  });
});

test("a store that cannot say anything is named, with its answer", async () => {
  await using service = await answering(503, { error: "the database is away" });
  await assert.rejects(readInfo(service.base), {
    message: `GET ${service.base}/info was answered 503: {"error":"the database is away"}`,
  });
});
