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

  test("that is not there, or knows nothing of this process, is named", async () => {
    await assert.rejects(
      connectEngine("/nowhere/docker.sock"),
      /Docker engine at \/nowhere\/docker.sock, GET \/version/,
    );
    await using server = await startEngine("1.12", {});
    await assert.rejects(connectEngine(server.socket), /404/);
  });
});
