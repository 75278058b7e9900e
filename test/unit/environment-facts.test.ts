import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Environment } from "../../lab/measure/environment.ts";
import { listFacts, renderEnvironment } from "../../lab/report/environment.ts";
import { environment } from "../helpers/measurements.ts";

const factsOf = (differing: Partial<Environment> = {}) =>
  Object.fromEntries(listFacts({ ...environment, ...differing }, []));

describe("what a report says of where and how", () => {
  test("is the machine with its limits, its disk, and what its writes take", () => {
    const facts = factsOf();
    assert.equal(facts.machine, "A CPU, 2 cores of 4, 8,000 MB, Linux 6.1, x86_64, Maker Model");
    assert.equal(
      facts.processor,
      "virtual (KVM), governor performance, turbo off, simultaneous multithreading on",
    );
    assert.equal(facts["limits of the bench"], "cgroup version 2, at most 1.50 cores, 4,000 MB of memory");
    assert.equal(facts["data folder"], "ext4 on /dev/vda1 (rw, relatime), not rotational");
    assert.match(facts.fdatasync ?? "", /^p50 400 µs, p99 2\.50 ms \(200 writes of 4096 bytes/);
  });

  test("is what each store said of itself, and which did not start", () => {
    const facts = factsOf({ stores: { ...environment.stores, binary: null } });
    assert.equal(
      facts["store sqlite"],
      "10,000 users in 2.10 MB, POST survives power, journal_mode=wal, synchronous=2, node 24.0.0, v8 13.6, sqlite 3.53.0",
    );
    assert.equal(facts["store binary"], "did not start");
  });

  test("is the load, with its rate where it is open", () => {
    const rest = "50 connections, warm-up 700 ms, window 2.00 s, answers waited for 120 s";
    assert.equal(factsOf().load, `closed, ${rest}`);
    assert.equal(factsOf({ load: "open", rateRequestsPerSecond: 200 }).load, `open, 200 requests/s, ${rest}`);
  });

  test("is the containers by their images and limits, where there are any", () => {
    assert.equal(factsOf().services, "processes");
    const origin = {
      image: "postgres:18",
      imageId: "sha256:01",
      digests: ["postgres@sha256:45"],
      cpuLimitCores: null,
      memoryLimitBytes: 4e9,
    };
    const facts = factsOf({ containers: { "postgres-server": origin } });
    assert.equal(facts.services, "containers");
    assert.equal(
      facts["container postgres-server"],
      "postgres:18 (sha256:01, postgres@sha256:45), no limit of CPU time, 4,000 MB of memory",
    );
  });

  test("is honest where the system says nothing", () => {
    const silent = { governor: null, isTurbo: null, isSmt: null, isVirtual: null, hypervisor: null };
    const machine = { ...environment.machine, processor: silent, product: null, cgroup: null };
    const facts = factsOf({ machine, disk: null, placement: null });
    assert.equal(facts.processor, "the system does not say");
    assert.equal(facts["limits of the bench"], "the system does not say");
    assert.equal(facts["data folder"], "the system does not say");
    assert.equal(facts.cores, "processes were not bound to cores");
  });

  test("comes as a list with the command that repeats the run", () => {
    const lines = renderEnvironment(environment, []).split("\n");
    assert.equal(lines[0], `- command: \`${environment.command}\``);
    assert.ok(lines.every((line) => line.startsWith("- ")));
    assert.equal(lines.length, listFacts(environment, []).length + 1);
  });
});
