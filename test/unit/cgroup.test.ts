import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeCgroup } from "../../lab/machine/cgroup.ts";

const from = (files: Readonly<Record<string, string>>) => describeCgroup((path) => files[path] ?? null);

describe("the limits of a control group of version 2", () => {
  const V2 = { "/proc/self/mountinfo": "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate" };

  test("are its own", () => {
    const files = {
      ...V2,
      "/proc/self/cgroup": "0::/lab",
      "/sys/fs/cgroup/lab/cpu.max": "150000 100000",
      "/sys/fs/cgroup/lab/memory.max": "4294967296",
    };
    assert.deepEqual(from(files), { version: 2, cpuLimitCores: 1.5, memoryLimitBytes: 4_294_967_296 });
  });

  test("are those of the groups above it where they are lower", () => {
    const files = {
      ...V2,
      "/proc/self/cgroup": "0::/user.slice/lab.scope",
      "/sys/fs/cgroup/user.slice/lab.scope/cpu.max": "200000 100000",
      "/sys/fs/cgroup/user.slice/lab.scope/memory.max": "max",
      "/sys/fs/cgroup/user.slice/cpu.max": "50000 100000",
      "/sys/fs/cgroup/user.slice/memory.max": "1000000",
    };
    assert.deepEqual(from(files), { version: 2, cpuLimitCores: 0.5, memoryLimitBytes: 1_000_000 });
  });

  test("are none where it says max, or has no such files, as the root has not", () => {
    const none = { version: 2, cpuLimitCores: null, memoryLimitBytes: null };
    const max = { "/sys/fs/cgroup/a/cpu.max": "max 100000", "/sys/fs/cgroup/a/memory.max": "max" };
    assert.deepEqual(from({ ...V2, ...max, "/proc/self/cgroup": "0::/a" }), none);
    assert.deepEqual(from({ ...V2, "/proc/self/cgroup": "0::/" }), none);
  });

  test("are the mount's own in a container, which sees its group as the root", () => {
    const files = { ...V2, "/proc/self/cgroup": "0::/", "/sys/fs/cgroup/memory.max": "2000000" };
    assert.equal(from(files)?.memoryLimitBytes, 2_000_000);
  });
});

describe("the limits of a control group of version 1", () => {
  const NONE = "9223372036854771712";
  const mount = (
    root: string,
  ) => `33 31 0:29 ${root} /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 ${root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`;

  test("are read where each controller is mounted", () => {
    const files = {
      "/proc/self/mountinfo": mount("/"),
      "/proc/self/cgroup": "5:memory:/lab/bench\n3:cpu,cpuacct:/lab\n0::/",
      "/sys/fs/cgroup/cpu,cpuacct/lab/cpu.cfs_quota_us": "250000",
      "/sys/fs/cgroup/cpu,cpuacct/lab/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/memory/lab/bench/memory.limit_in_bytes": NONE,
      "/sys/fs/cgroup/memory/lab/memory.limit_in_bytes": "8000000",
    };
    assert.deepEqual(from(files), { version: 1, cpuLimitCores: 2.5, memoryLimitBytes: 8_000_000 });
  });

  test("are none where the quota is -1 and the memory is all that can be written down", () => {
    const files = {
      "/proc/self/mountinfo": mount("/"),
      "/proc/self/cgroup": "5:memory:/\n3:cpu,cpuacct:/",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": NONE,
    };
    assert.deepEqual(from(files), { version: 1, cpuLimitCores: null, memoryLimitBytes: null });
  });

  test("are found in a container, which sees its own group under the host's path", () => {
    const files = {
      "/proc/self/mountinfo": mount("/docker/abc"),
      "/proc/self/cgroup": "5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "4000000",
    };
    assert.equal(from(files)?.memoryLimitBytes, 4_000_000);
  });
});

test("a system without control groups has no limits to tell", () => {
  assert.equal(from({}), null);
});
