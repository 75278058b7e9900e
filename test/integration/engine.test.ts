// What is said to a Docker engine, where no real one is at hand in the version or the state that matters. The end-to-end
// tests talk to a real one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { hostname } from "node:os";
import { describe, test } from "node:test";
import { connectEngine } from "../../lab/targets/engine.ts";
import { createFolder } from "../helpers/folder.ts";

/** An engine that answers these paths, and refuses an API older than it wants. */
async function startEngine(minApiVersion: string, answers: Record<string, unknown>) {
  const folder = createFolder();
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const { url = "", method = "" } = request;
    const [, version, path = url] = /^\/v1\.(\d+)(\/.*)$/.exec(url) ?? [];
    asked.push(`${method} ${path}`);
    const isOld = version !== undefined && Number(version) < Number(minApiVersion.split(".")[1]);
    const answer =
      path === "/version" ? { Version: "99.1", MinAPIVersion: minApiVersion } : answers[`${method} ${path}`];
    response.statusCode = isOld ? 400 : answer === undefined ? 404 : 200;
    response.end(
      isOld ? "client version is too old" : JSON.stringify(answer ?? { message: "no such thing" }),
    );
  });
  const socket = folder.inFolder("docker.sock");
  await once(server.listen(socket), "listening");
  return {
    socket,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      folder[Symbol.dispose]();
    },
  };
}

const OWN = `GET /containers/${hostname()}/json`;
const own = { Config: { Labels: { "com.docker.compose.project": "lab" } } };

describe("a Docker engine", () => {
  for (const minApiVersion of ["1.12", "1.44"]) {
    test(`that wants API ${minApiVersion} or later is spoken to in a version that it takes`, async () => {
      await using server = await startEngine(minApiVersion, { [OWN]: own });
      const engine = await connectEngine(server.socket);
      assert.equal(engine.version, "99.1");
      assert.deepEqual(server.asked, ["GET /version", OWN]);
    });
  }

  test("that only warns that it did not bind has not bound", async () => {
    const update = "POST /containers/abc/update";
    const warning = "Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.";
    await using server = await startEngine("1.12", { [OWN]: own, [update]: { Warnings: [warning] } });
    const engine = await connectEngine(server.socket);
    await assert.rejects(engine.bind("abc", [1]), { message: warning });
  });

  test("says what a container was made of, and what it may use", async () => {
    const container = {
      Image: "sha256:0123",
      Config: { Image: "postgres:18" },
      HostConfig: { NanoCpus: 1_500_000_000, Memory: 4_294_967_296 },
    };
    const free = { ...container, HostConfig: { NanoCpus: 0, Memory: 0 } };
    await using server = await startEngine("1.12", {
      [OWN]: own,
      "GET /containers/abc/json": container,
      "GET /containers/free/json": free,
      "GET /images/sha256:0123/json": { RepoDigests: ["postgres@sha256:4567"] },
    });
    const engine = await connectEngine(server.socket);
    const origin = {
      image: "postgres:18",
      imageId: "sha256:0123",
      digests: ["postgres@sha256:4567"],
      cpuLimitCores: 1.5,
      memoryLimitBytes: 4_294_967_296,
    };
    assert.deepEqual(await engine.describe("abc"), origin);
    assert.deepEqual(await engine.describe("free"), {
      ...origin,
      cpuLimitCores: null,
      memoryLimitBytes: null,
    });
  });

  test("that is not there, or knows nothing of this process, is named", async () => {
    await assert.rejects(
      connectEngine("/nowhere/docker.sock"),
      /Docker engine at \/nowhere\/docker.sock, GET \/version/,
    );
    await using server = await startEngine("1.12", {});
    await assert.rejects(connectEngine(server.socket), /404/);
  });
});
