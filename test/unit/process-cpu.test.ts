import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import {
  parsePs,
  parseStat,
  readCpuMicros,
  sumTree,
  TICK_MICROS,
  watchCpuMicros,
} from "../../lab/targets/process-cpu.ts";

test("reads the times of ps in every form", () => {
  const text = "    1     0   0:01.50\n   42     1 01:02:03\n  99    42 2-00:00:01\n";
  assert.deepEqual(parsePs(text), [
    { pid: 1, parent: 0, cpuMicros: 1.5e6 },
    { pid: 42, parent: 1, cpuMicros: 3_723e6 },
    { pid: 99, parent: 42, cpuMicros: 172_801e6 },
  ]);
});

test("reads Linux's line of a process, whatever its name", () => {
  const line = `42 (a) b (c) S 7 ${"0 ".repeat(9)}150 50 0 0 20 0`;
  assert.deepEqual(parseStat(line), { parent: 7, cpuMicros: 2e6 });
});

test("a process that is not there has no CPU time", () => {
  assert.throws(() => readCpuMicros(2 ** 30), /there is no process 1073741824/);
});

test("sums a process and all that descend from it", () => {
  const rows = [
    { pid: 1, parent: 0, cpuMicros: 1 },
    { pid: 2, parent: 1, cpuMicros: 10 },
    { pid: 3, parent: 2, cpuMicros: 100 },
    { pid: 4, parent: 1, cpuMicros: 1_000 },
    { pid: 5, parent: 0, cpuMicros: 10_000 },
  ];
  assert.equal(sumTree(rows, 2), 110);
  assert.equal(sumTree(rows, 1), 1_111);
  assert.equal(sumTree(rows, 77), 0);
});

test("the CPU time of this process grows by what it burns, to a tick or two", () => {
  const own = process.cpuUsage();
  const before = readCpuMicros(process.pid);
  const burntMicros = () => {
    const { user, system } = process.cpuUsage(own);
    return user + system;
  };
  // By its own CPU time, not by the wall's, of which a busy machine may give it little.
  while (burntMicros() < 200_000);
  const grown = readCpuMicros(process.pid) - before;
  // Reading it takes CPU time as well, by other programs where there is no /proc.
  assert.ok(Math.abs(grown - burntMicros()) < 5 * TICK_MICROS, `${grown}, ${burntMicros()}`);
});

const skip = process.platform === "linux" ? false : "not run: only Linux has /proc";

test("watched CPU time goes on in steps finer than a tick when a thread has ended", { skip }, async () => {
  const readWatched = watchCpuMicros(process.pid);
  const worker = new Worker("const end = Date.now() + 100; while (Date.now() < end);", { eval: true });
  const before = readWatched();
  await once(worker, "exit");
  const steps = Array.from({ length: 20 }, () => {
    const from = readWatched();
    const untilMs = performance.now() + 8;
    while (performance.now() < untilMs);
    return readWatched() - from;
  });
  assert.ok(readWatched() > before);
  assert.ok(steps.every((micros) => micros >= 0));
  // In ticks of 10 ms every step would be none of them, or a whole one.
  assert.ok(
    steps.some((micros) => micros > 0 && micros % TICK_MICROS !== 0),
    `${steps}`,
  );
});
