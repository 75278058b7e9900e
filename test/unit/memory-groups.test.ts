// How groups with a limit are found and read, in both versions of Linux's control groups.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { readSystemText } from "../../lab/machine/system-text.ts";
import { makeControlGroup } from "../../lab/memory/control-group.ts";
import { sumFetches } from "../../lab/memory/fetches.ts";
import { findGroupPlace, readGroupFigures } from "../../lab/memory/group-files.ts";
import { createFolder } from "../helpers/folder.ts";

const from = (files: Readonly<Record<string, string>>) => (path: string) => files[path] ?? null;
const V1 = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";
const V2 = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate";
const UNIFIED = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw";

/** As Linux 6.18 has it. */
const STAT_V1 = `cache 13393920
rss 51081216
rss_huge 0
shmem 1048576
mapped_file 7467008
workingset_refault_anon 3
workingset_refault_file 4974
pgfault 39497
pgmajfault 10
total_rss 99999999
`;
/** As the kernel's documentation of version 2 names it. */
const STAT_V2 = `anon 50466816
file 11104256
kernel 1048576
shmem 2097152
file_mapped 4096
inactive_file 11104256
workingset_refault_anon 3
workingset_refault_file 17443
pgfault 176206
pgmajfault 38
`;

describe("a place for groups", () => {
  test("is where version 1 has its memory controller, whatever else is mounted", () => {
    const read = from({ "/proc/self/mountinfo": `${V1}\n${UNIFIED}` });
    assert.deepEqual(findGroupPlace(read), { version: 1, parent: "/sys/fs/cgroup/memory" });
  });

  test("is the top of version 2 where that gives new groups the memory controller", () => {
    const files = {
      "/proc/self/mountinfo": V2,
      "/sys/fs/cgroup/cgroup.subtree_control": "cpu io memory pids",
    };
    assert.deepEqual(findGroupPlace(from(files)), { version: 2, parent: "/sys/fs/cgroup" });
  });

  test("is nowhere, and it is said why, where new groups would have no limit", () => {
    const files = { "/proc/self/mountinfo": V2, "/sys/fs/cgroup/cgroup.subtree_control": "cpu pids" };
    assert.match(
      String(findGroupPlace(from(files))),
      /^\/sys\/fs\/cgroup\/cgroup\.subtree_control does not have "memory"/,
    );
    assert.equal(findGroupPlace(from({})), "no control groups are mounted here");
  });
});

describe("what a group says of itself", () => {
  test("is read in version 1, where the cache has what processes share in it", () => {
    using folder = createFolder();
    mkdirSync(folder.inFolder("one"));
    writeFileSync(folder.inFolder("one/memory.stat"), STAT_V1);
    writeFileSync(folder.inFolder("one/memory.max_usage_in_bytes"), "67108864\n");
    writeFileSync(folder.inFolder("one/memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
    assert.deepEqual(readGroupFigures({ version: 1, parent: folder.path }, "one", readSystemText), {
      anonBytes: 51_081_216,
      sharedBytes: 1_048_576,
      cacheBytes: 13_393_920 - 1_048_576,
      peakBytes: 67_108_864,
      refaults: 4_974,
      oomKills: 1,
    });
  });

  test("is read in version 2, where files have it", () => {
    using folder = createFolder();
    const group = makeControlGroup({ version: 2, parent: folder.path }, 2 ** 26);
    const name = `lab-memory-${process.pid}-0`;
    writeFileSync(folder.inFolder(`${name}/memory.stat`), STAT_V2);
    writeFileSync(folder.inFolder(`${name}/memory.peak`), "70000000\n");
    writeFileSync(
      folder.inFolder(`${name}/memory.events`),
      "low 0\nhigh 0\nmax 221\noom 2\noom_kill 2\noom_group_kill 0\n",
    );
    assert.deepEqual(group.readFigures(), {
      anonBytes: 50_466_816,
      sharedBytes: 2_097_152,
      cacheBytes: 11_104_256 - 2_097_152,
      peakBytes: 70_000_000,
      refaults: 17_443,
      oomKills: 2,
    });
    writeFileSync(folder.inFolder(`${name}/cgroup.procs`), "0\n4711\n");
    assert.deepEqual(group.listProcesses(), [4711], "a process of another container has no number here");
    group.dropCache();
    const read = (file: string) => readFileSync(folder.inFolder(`${name}/${file}`), "utf8");
    assert.deepEqual([read("memory.max"), read("memory.reclaim")], ["67108864", "67108864"]);
  });

  test("that lacks a file is an error that names it", () => {
    assert.throws(
      () => readGroupFigures({ version: 2, parent: "/nowhere" }, "one", readSystemText),
      /^Error: \/nowhere\/one\/memory\.stat cannot be read$/,
    );
  });
});

test("faults and bytes from disks are added up over processes, whatever their names, without those that have ended", () => {
  const stat = (name: string, minor: number, major: number) =>
    `7 (${name}) S 1 7 7 0 -1 4194560 ${minor} 900 ${major} 90 11 22 0 0 20 0 11 0 123`;
  const files = {
    "/proc/7/stat": stat("node) S (x", 10, 2),
    "/proc/7/io": "rchar: 5\nread_bytes: 4096\nwrite_bytes: 1",
    "/proc/8/stat": stat("postgres", 5, 1),
    "/proc/8/io": "rchar: 5\nread_bytes: 8192\nwrite_bytes: 1",
  };
  assert.deepEqual(sumFetches([7, 8, 9], from(files)), {
    minorFaults: 15,
    majorFaults: 3,
    diskBytes: 12_288,
  });
});
