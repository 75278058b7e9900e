// Processes of their own for what is measured, and the page cache that it meets.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { callInProcess } from "../../lab/lesson/bare-process.ts";
import { countPages, dropPages } from "../../lab/lesson/resident-pages.ts";
import { createFolder } from "../helpers/folder.ts";
import { addOne, failLoudly, spin } from "../helpers/jobs.ts";
import { findProcessesOf } from "../helpers/processes.ts";

const JOBS = new URL("../helpers/jobs.ts", import.meta.url).href;

describe("a job in a process of its own", () => {
  const options = { cpus: [], signal: new AbortController().signal };

  test("returns what the function returns", async () => {
    assert.deepEqual(await callInProcess(JOBS, addOne, { number: 1 }, options), { sum: 2 });
  });

  test("fails with what the function threw", async () => {
    await assert.rejects(
      callInProcess(JOBS, failLoudly, {}, options),
      /failLoudly ended early: .*this job cannot be done/s,
    );
  });

  test("is ended by a signal, even if it never pauses", async () => {
    const stop = new AbortController();
    const marker = `spin-${process.pid}-${Date.now()}`;
    const job = callInProcess(JOBS, spin, { marker }, { cpus: [], signal: stop.signal });
    while ((await findProcessesOf(marker)).length === 0) await sleep(20);
    stop.abort(new Error("stopped by the test"));
    await assert.rejects(job, /stopped by the test/);
    assert.deepEqual(await findProcessesOf(marker), []);
  });
});

describe("pages in memory", () => {
  test("are counted, dropped, and there again after a read", (t) => {
    using folder = createFolder();
    const file = folder.inFolder("pages");
    writeFileSync(file, Buffer.alloc(1_000_000, 1));
    const written = countPages(file);
    if (written === null) return t.skip("not run: there is no fincore here");
    assert.equal(written.resident, written.pages);
    if (!dropPages(file)) return t.skip("not run: this file system keeps its files in memory");
    assert.equal(countPages(file)?.resident, 0);
    assert.equal(readFileSync(file).length, 1_000_000);
    assert.equal(countPages(file)?.resident, written.pages);
  });

  test("of a file that is not there are not known, and none is made", () => {
    using folder = createFolder();
    const file = folder.inFolder("nothing");
    assert.equal(countPages(file), null);
    assert.equal(dropPages(file), false);
    assert.throws(() => readFileSync(file), { code: "ENOENT" });
  });
});
