// A connection to a service that does not take it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { createLane } from "../../lab/writers/lane.ts";

/** Listens, and then does nothing any more. */
const DEAF = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
  require("node:fs").writeSync(1, String(this.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;
const skip =
  process.platform === "linux"
    ? false
    : "not run: only Linux leaves connections beyond the backlog unanswered";

test("a connection that is not taken is given up after the limit for an answer", { skip }, async () => {
  const child = spawn(process.execPath, ["-e", DEAF], { stdio: ["ignore", "pipe", "inherit"] });
  const queued: Socket[] = [];
  try {
    const [port] = await once(child.stdout, "data");
    const address = { host: "127.0.0.1", port: Number(port) };
    // These the system takes in the service's place, as many as may wait.
    for (let place = 0; place < 4; place++) queued.push(connect(address).on("error", () => {}));
    await Promise.all(queued.slice(0, 2).map((socket) => once(socket, "connect")));
    using lane = createLane(address, 1, { waitLimitMs: 200, signal: new AbortController().signal });
    const request = { method: "GET", path: "/users/a", body: null } as const;
    for (const time of ["first", "second"])
      assert.deepEqual(await lane.ask(request), { error: "timeout" }, time);
  } finally {
    for (const socket of queued) socket.destroy();
    child.kill("SIGKILL");
  }
});
