// Reading the CPU time of another program, in a process that does not always get to run itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startGenerator } from "../../lab/load/generator-process.ts";

/** Says that it is ready, and ends after some time. */
async function startReady(seconds: number) {
  const args = ["-c", `echo ready >&2; exec sleep ${seconds}`];
  const generator = startGenerator("sh", args, { cpus: undefined, signal: undefined, env: {} });
  await generator.says("ready");
  return generator;
}

test("a program that ended while this process stood still fails, and the message says for how long it did", async () => {
  await using generator = await startReady(0.3);
  generator.startSampling();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
  await assert.rejects(generator.end(), (error: Error) => {
    const [, stillMs] =
      /^the CPU time of sh could not be read: the lab itself did not get to run for (\d+) ms/.exec(
        error.message,
      ) ?? [];
    return Number(stillMs) >= 900;
  });
});

test("a program that ends before it could be looked at twice fails without that", async () => {
  await using generator = await startReady(0);
  generator.startSampling();
  await assert.rejects(generator.end(), /^Error: the CPU time of sh could not be read: ready$/);
});

test("a program that is looked at more than once has a CPU time", async () => {
  await using generator = await startReady(1);
  generator.startSampling();
  const share = await generator.end();
  assert.ok(share >= 0 && share < 1, String(share));
});
