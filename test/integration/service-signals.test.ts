// How a service ends on a signal.
import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { writeSeededUsers } from "../../lab/data/seed.ts";
import { createFolder } from "../helpers/folder.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  describe(`on ${signal} a service`, () => {
    test("finishes requests in flight, takes no others and ends with code 0", async () => {
      using folder = createFolder();
      await writeSeededUsers({ file: folder.inFolder("users.jsonl"), size: 60_000 });
      await using service = startServiceProcess({ APPROACH: "linear", DATA_DIR: folder.path });
      const address = await service.listening();
      const idle = await openIdle(address);
      const answers = Array.from({ length: 4 }, () => fetch(`${address}/users/nobody`));
      // The service reads requests in the order in which they came, so the four are in its hands.
      await (await fetch(`${address}/metrics`)).text();
      service.child.kill(signal);
      await waitFor(() => refuses(address));
      assert.equal(service.child.exitCode, null, "it ended before the requests were finished");
      for (const answer of await Promise.all(answers)) {
        assert.equal(answer.status, 404);
        assert.deepEqual(await answer.json(), { error: "not found" });
      }
      assert.deepEqual(await service.ended(), [0, null]);
      assert.equal(service.stderr(), `linear: listening on ${address}\n`);
      idle.destroy();
    });

    test("ends at whatever moment of its start the signal comes", async () => {
      let startMs = performance.now();
      {
        await using first = startServiceProcess({ APPROACH: "baseline" });
        await first.listening();
        startMs = performance.now() - startMs;
      }
      for (let part = 0.5; part < 1.1; part += 0.06) {
        await using service = startServiceProcess({ APPROACH: "baseline" });
        await sleep(startMs * part);
        service.child.kill(signal);
        // Before it hears signals at all, the system ends it.
        const [code, killedBy] = await service.ended();
        assert.ok(code === 0 || killedBy === signal, `${code} ${killedBy}`);
      }
    });

    test("ends with code 0 while it loads", async () => {
      using folder = createFolder();
      await writeSeededUsers({ file: folder.inFolder("users.jsonl"), size: 150_000 });
      // Loading has begun once the torn line is repaired, and then takes a while.
      appendFileSync(folder.inFolder("users.jsonl"), '{"id":"torn');
      await using service = startServiceProcess({ APPROACH: "map", DATA_DIR: folder.path });
      await waitFor(() => service.stderr().includes("torn line moved"));
      service.child.kill(signal);
      assert.deepEqual(await service.ended(), [0, null]);
      assert.doesNotMatch(service.stderr(), /listening/);
    });
  });
}

/** Opens a connection that has had one answer and now says nothing. */
async function openIdle(address: string): Promise<Socket> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "data");
  return socket.on("error", () => {});
}

async function refuses(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  const [event] = await Promise.race([
    once(socket, "connect").then(() => ["connect"]),
    once(socket, "error").then(() => ["error"]),
  ]).catch(() => ["error"]);
  socket.destroy();
  return event === "error";
}
