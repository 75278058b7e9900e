// What the lab says of this machine, against what the system's own programs say.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { describeDisk } from "../../lab/machine/disk.ts";
import { describeMachine } from "../../lab/machine/machine.ts";
import { probeSync } from "../../lab/machine/sync-probe.ts";
import { createFolder } from "../helpers/folder.ts";

const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: "utf8" }).trim();
const elsewhere = process.platform === "linux" ? false : "not run: only Linux has these programs";

describe("this machine", { skip: elsewhere }, () => {
  const machine = describeMachine();

  test("has the kernel, cores and memory that uname, nproc and /proc/meminfo say", () => {
    assert.equal(machine.system, `${run("uname", "-s")} ${run("uname", "-r")}`);
    assert.equal(machine.architecture, run("uname", "-m"));
    const kilobytes = /^MemTotal: +(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "latin1"))?.[1];
    assert.equal(machine.memoryBytes, Number(kilobytes) * 1024);
    assert.equal(machine.logicalCpus, readFileSync("/proc/stat", "latin1").match(/^cpu\d+ /gm)?.length);
    assert.ok(machine.cores >= 1 && machine.cores <= Number(run("nproc")));
  });

  test("is virtual where lscpu names a hypervisor", () => {
    const named = /^Hypervisor vendor: +(.+)$/m.exec(run("env", "LC_ALL=C", "lscpu"))?.[1] ?? null;
    assert.equal(machine.processor.hypervisor, named);
    if (named !== null && machine.processor.isVirtual !== null)
      assert.equal(machine.processor.isVirtual, true);
  });

  test("has control groups of the version that its mounts say, and no more memory than they allow", () => {
    const types = run("cat", "/proc/self/mountinfo").matchAll(/ - (cgroup2?) \S+ (\S+)/g);
    const hasMemoryV1 = [...types].some(
      ([, type, options]) => type === "cgroup" && options?.includes("memory"),
    );
    const hasNone = readFileSync("/proc/self/cgroup", "latin1") === "";
    assert.equal(machine.cgroup?.version, hasNone ? undefined : hasMemoryV1 ? 1 : 2);
    assert.ok(machine.cgroup === null || (machine.cgroup.memoryLimitBytes ?? 1) > 0);
  });

  test("has the file system below a folder that df says, whatever link leads there", () => {
    using folder = createFolder();
    for (const path of [folder.path, "/dev/shm", "/proc/self/task"]) {
      const [fileSystem, source] =
        run("df", "--output=fstype,source", path).split("\n").at(-1)?.split(/\s+/) ?? [];
      const disk = describeDisk(path);
      assert.deepEqual([disk?.fileSystem, disk?.source], [fileSystem, source], path);
    }
  });
});

describe("the probe of synced writes", () => {
  test("says how long they took and how many there were, and leaves nothing", () => {
    using folder = createFolder();
    const { writes, bytesPerWrite, p50Ms, p99Ms } = probeSync(folder.path);
    assert.ok(writes > 0 && writes <= 200);
    assert.equal(bytesPerWrite, 4_096);
    assert.ok(p50Ms > 0 && p50Ms <= p99Ms);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("makes one when there is no time for more", () => {
    using folder = createFolder();
    assert.equal(probeSync(folder.path, 0).writes, 1);
  });
});
