// Threads that are kept for the next order.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createThreads } from "../../services/storage/threads.ts";

/** Answers with its own number and what it was told; "throw" and "exit" do that, the second behind the answer, and "wait" never
 * answers. */
const MODULE = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from "node:worker_threads";
    parentPort.on("message", (order) => {
      if (order === "throw") throw new Error("as it was told");
      if (order !== "wait") parentPort.postMessage({ threadId, order });
      if (order === "exit") setTimeout(() => process.exit(), 1);
    });`)}`,
);

const idOf = (message: unknown) => (message as { threadId: number }).threadId;

describe("threads", () => {
  test("take one order each at a time, and are kept for the next", async () => {
    await using threads = createThreads(MODULE);
    const first = await Promise.all([threads.run("a"), threads.run("b")]);
    const second = await Promise.all([threads.run("c"), threads.run("d")]);
    assert.equal(new Set(first.map(idOf)).size, 2);
    assert.deepEqual(new Set(second.map(idOf)), new Set(first.map(idOf)));
  });

  test("reject with what the order has thrown, and serve the next", async () => {
    await using threads = createThreads(MODULE);
    const { threadId } = (await threads.run("a")) as { threadId: number };
    await assert.rejects(threads.run("throw"), /as it was told/);
    assert.notEqual(idOf(await threads.run("b")), threadId);
  });

  test("that have ended while they had nothing to do are not asked", async () => {
    await using threads = createThreads(MODULE);
    const before = idOf(await threads.run("exit"));
    await sleep(200);
    assert.notEqual(idOf(await threads.run("a")), before);
  });

  test("are ended with what they are doing, and take no more", async () => {
    const threads = createThreads(MODULE);
    await threads.run("a");
    const waiting = assert.rejects(threads.run("wait"), { name: "AbortError" });
    await threads[Symbol.asyncDispose]();
    await waiting;
    await assert.rejects(threads.run("b"), { name: "AbortError" });
  });
});
