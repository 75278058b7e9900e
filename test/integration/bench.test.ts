// The whole bench at a tiny size: real services, a real PostgreSQL, real load.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { readResults } from "../../lab/measure/results.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { withoutK6 } from "../helpers/k6.ts";
import { findProcessesOf } from "../helpers/processes.ts";
import { waitFor } from "../helpers/service-process.ts";
import { withoutWrk } from "../helpers/wrk.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());

const DATA = folder.inFolder("data");
const SHORT = ["--size", "200", "--warmup", "30ms", "--connections", "4", "--data", DATA];
const QUICK = [...SHORT, "--duration", "120ms"];

/** A folder of results for each test, and the run in it. */
function placeResults(name: string) {
  const path = folder.inFolder(name);
  return { flag: ["--results", path], read: () => readResults(`${path}/${readdirSync(path).at(-1)}`) };
}

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

const keyOf = ({ block, workload, approach }: Measurement) => `${block} ${workload} ${approach}`;

/** What a trial of a tenth of a second may be invalid for where others take the cores in the middle of it: nothing, or its
 * clocks. That the service and the generator count alike is not among it. */
const TOO_SHORT_TO_AGREE = /^$|^throughput times latency|clock is wrong|^the service took .* on average/;

describe("the bench", () => {
  test("measures every approach under every workload it can serve, and writes it down", async () => {
    const results = placeResults("all");
    const workloads = ["--workloads", "read,create,mixed,miss,last", "--blocks", "1", "--seed", "3"];
    const { code, stdout, stderr } = await runCommand("bench.ts", [...QUICK, ...workloads, ...results.flag]);
    assert.equal(code, 0, stderr);
    const { environment, measurements } = results.read();
    assert.equal(measurements.length, 6 + 5 + 5 + 5 + 6);
    for (const measurement of measurements) {
      assert.ok(measurement.requests > 0 && measurement.requestsPerSecond > 0, keyOf(measurement));
      assert.equal(measurement.errors, 0);
      assert.match(measurement.error ?? "", TOO_SHORT_TO_AGREE, keyOf(measurement));
      assert.ok(measurement.windowMs >= 120 && measurement.startupMs > 0 && measurement.serverRssBytes > 0);
      const { p50, p90, p99, max } = measurement.latencyMs;
      const inOrder = p50 > 0 && p50 <= p90 && p90 <= p99 && p99 <= max;
      assert.ok(inOrder, `${keyOf(measurement)} ${JSON.stringify(measurement.latencyMs)}`);
      const hasDatabase = measurement.databaseCpuMicrosPerRequest !== undefined;
      assert.equal(hasDatabase, measurement.approach === "postgres");
    }
    assert.equal(environment.seed, 3);
    assert.match(environment.command, /--size 200 .*--seed 3/);
    for (const name of ["baseline", "linear", "map", "binary", "sqlite", "postgres"]) {
      assert.match(stdout, new RegExp(`^\\| ${name} `, "m"));
    }
    assert.match(stderr, /\[1\/27\] .* req\/s, .* left/);
    assert.match(stdout, /^results: .*\nreport: {2}.*report\.md/m);
  });

  test("says where and how it measured: the machine, the data, and each store in its own words", () => {
    const { environment } = placeResults("all").read();
    const { approaches, workloads, stores, software } = environment;
    assert.deepEqual(approaches, ["baseline", "linear", "map", "binary", "sqlite", "postgres"]);
    assert.deepEqual(workloads, ["read", "create", "mixed", "miss", "last"]);
    assert.deepEqual(Object.keys(stores), approaches);
    for (const [name, store] of Object.entries(stores)) {
      assert.equal(store?.approach, name);
      assert.equal(store.recordsAtStart, name === "baseline" ? 0 : 200, name);
      assert.deepEqual(software, { ...software, ...store.versions }, name);
    }
    const users = readFileSync(`${DATA}/200/map/users.jsonl`);
    assert.equal(environment.dataBytes, users.length);
    assert.equal(environment.dataSha256, hashOf(users));
    assert.equal(stores.map?.dataBytes, users.length);
    assert.equal(stores.sqlite?.settings.synchronous, 2);
    assert.equal(stores.postgres?.settings.fsync, "on");
    assert.equal(environment.lockFileSha256, hashOf(readFileSync(`${PROJECT}package-lock.json`)));
    assert.ok(environment.generators.builtin !== undefined && environment.generator.name === "builtin");
    assert.equal(environment.containers, null);
    assert.ok(!readdirSync(DATA).some((name) => name.startsWith(".sync-probe")));
  });

  test("leaves the prepared data as it was, although trials have written", async () => {
    const before = readFileSync(`${DATA}/200/map/users.jsonl`, "utf8");
    const args = ["--approaches", "map", "--workloads", "create", "--blocks", "1"];
    const { stderr } = await runCommand("bench.ts", [...QUICK, ...args, ...placeResults("again").flag]);
    assert.equal(readFileSync(`${DATA}/200/map/users.jsonl`, "utf8"), before);
    assert.deepEqual(
      readdirSync(`${DATA}/200`).filter((name) => name.includes(".changed")),
      [],
      stderr,
    );
  });

  test("makes the same report again from the data", async () => {
    const run = readdirSync(folder.inFolder("all"))[0] as string;
    const file = `${folder.inFolder("all")}/${run}/report.md`;
    const before = readFileSync(file, "utf8");
    writeFileSync(file, "spoilt");
    const { code, stdout } = await runCommand("report.ts", ["--results", folder.inFolder("all")], {
      RUN: run,
    });
    assert.equal(code, 0);
    assert.equal(readFileSync(file, "utf8"), before);
    assert.ok(stdout.includes("| linear "));
  });

  test("with k6 makes the load by k6", { skip: withoutK6 }, async () => {
    const results = placeResults("k6");
    const args = ["--approaches", "baseline,map,binary", "--workloads", "read,create", "--blocks", "1"];
    const generator = ["--generator", "k6", "--duration", "1s"];
    const { code, stderr } = await runCommand("bench.ts", [...SHORT, ...args, ...generator, ...results.flag]);
    assert.equal(code, 0, stderr);
    const { environment, measurements } = results.read();
    assert.equal(environment.generator.name, "k6");
    assert.equal(measurements.filter(({ isAgain }) => !isAgain).length, 5);
    for (const { requests, errors, generator, generatorCpuShare, isAgain } of measurements) {
      assert.ok(requests > 0, `${requests} requests`);
      assert.equal(errors, 0);
      assert.equal(generator === "k6", !isAgain);
      assert.ok(generatorCpuShare > 0, `${generatorCpuShare}`);
    }
  });

  test("under an open load asks each approach at rates made of what it can do", async () => {
    const results = placeResults("open");
    const args = ["--approaches", "map,linear", "--load", "open", "--generator", "builtin", "--blocks", "1"];
    const { code, stdout, stderr } = await runCommand("bench.ts", [...QUICK, ...args, ...results.flag]);
    assert.ok(code === 0 || stderr.includes("trials failed"), stderr);
    const { environment, measurements } = results.read();
    assert.equal(environment.load, "open");
    const [capacities, open] = [measurements.slice(0, 2), measurements.slice(2)];
    assert.deepEqual(new Set(capacities.map(({ load }) => load)), new Set(["closed"]));
    assert.equal(open.length, 2 * 4);
    for (const { approach, load, rate = "", targetRequestsPerSecond = 0 } of open) {
      assert.equal(load, "open");
      const capacity = capacities.find((trial) => trial.approach === approach)?.requestsPerSecond ?? 0;
      const slowest = Math.min(...capacities.map(({ requestsPerSecond }) => requestsPerSecond));
      const part = rate === "common" ? slowest / 2 : (capacity * Number.parseInt(rate, 10)) / 100;
      assert.ok(Math.abs(targetRequestsPerSecond / part - 1) < 0.01, `${approach} ${rate}`);
    }
    assert.match(stdout, /At one rate for all, [\d,.]+ requests per second:\n\n\| approach/);
    assert.match(stdout, /\| +50 % \| (map|linear) /);
  });

  test("refuses a load that the generator cannot make", { skip: withoutWrk }, async () => {
    const args = ["--approaches", "map", "--workloads", "read,miss", "--generator", "wrk"];
    const { code, stderr } = await runCommand("bench.ts", [...SHORT, ...args]);
    assert.equal(code, 2);
    assert.equal(stderr, "error: --generator: wrk cannot make the closed load of miss\n");
  });

  test("stops on Ctrl-C: finished trials are kept, nothing is left running", async () => {
    const results = placeResults("stopped");
    const args = ["--approaches", "map,postgres", "--workloads", "read", "--duration", "2s"];
    const bench = startCommand("bench.ts", [...SHORT, ...args, ...results.flag]);
    await bench.said("[1/10]");
    assert.ok((await findProcessesOf(DATA)).length > 0);
    bench.child.kill("SIGINT");
    const { code, stdout, stderr } = await bench.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^error: stopped; finished trials are in .*stopped/m);
    assert.match(stdout, /^\| (map|postgres) /m);
    assert.match(stdout, /^> The run did not come to its end: \d of 5 planned blocks are complete/m);
    const { environment, measurements } = results.read();
    assert.ok(measurements.length >= 1 && measurements.length < 10);
    assert.equal(environment.endedAt, null);
    assert.deepEqual(await findProcessesOf(DATA), []);
  });

  test("takes one Ctrl-C for one, though terminal and npm both pass it on", async () => {
    const results = placeResults("twice");
    const args = ["--approaches", "postgres", "--workloads", "create", "--duration", "2s"];
    const bench = startCommand("bench.ts", [...SHORT, ...args, ...results.flag]);
    await bench.said("[1/5]");
    bench.child.kill("SIGINT");
    setTimeout(() => bench.child.kill("SIGINT"), 2);
    const { code, stderr } = await bench.ended;
    assert.equal(code, 130);
    assert.match(stderr, /^error: stopped; finished trials are in/m);
    assert.ok(!readdirSync(DATA).includes("scratch"));
    assert.deepEqual(await findProcessesOf(DATA), []);
  });

  test("stops while it still prepares, and says that there are no results", async () => {
    const args = [
      "--size",
      "300k",
      "--approaches",
      "map,sqlite,postgres",
      "--data",
      folder.inFolder("fresh"),
    ];
    const bench = startCommand("bench.ts", [...args, ...placeResults("none").flag]);
    await waitFor(() => existsSync(folder.inFolder("fresh/300000")));
    bench.child.kill("SIGHUP");
    const { code, stdout, stderr } = await bench.ended;
    assert.equal(code, 129, stderr);
    assert.match(stderr, /^error: stopped/m);
    assert.equal(stdout, "");
    assert.deepEqual(await findProcessesOf(folder.inFolder("fresh")), []);
  });

  test("refuses to run beside another bench", async () => {
    const args = ["--approaches", "map", "--workloads", "read"];
    const bench = startCommand("bench.ts", [...SHORT, ...args, ...placeResults("first").flag]);
    await bench.said("[1/5]");
    const second = await runCommand("bench.ts", [...SHORT, ...args, ...placeResults("second").flag]);
    bench.child.kill("SIGTERM");
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`in use by process ${bench.child.pid}`));
    assert.equal((await bench.ended).code, 143);
  });

  test("names a trial that failed, leaves it out, and fails at the end", async () => {
    const results = placeResults("failing");
    const index = `${DATA}/200/binary/users.idx`;
    const whole = readFileSync(index);
    writeFileSync(index, Buffer.alloc(whole.length, "x"));
    const args = ["--approaches", "map,binary", "--workloads", "read", "--blocks", "1"];
    const { code, stdout, stderr } = await runCommand("bench.ts", [...QUICK, ...args, ...results.flag]);
    writeFileSync(index, whole);
    assert.equal(code, 1);
    assert.match(stderr, /read binary +failed: binary did not start: .*run build-index/);
    assert.match(
      stderr,
      /^error: 1 of 2 trials failed; .*; the first: read binary: binary did not start: .*run build-index/m,
    );
    assert.match(stdout, /^\| binary +\| +– /m);
    const { environment, measurements } = results.read();
    assert.equal(environment.stores.binary, null);
    assert.equal(environment.stores.map?.recordsAtStart, 200);
    const failed = measurements.find(({ approach }) => approach === "binary");
    assert.equal(failed?.verdict, "invalid");
  });
});
