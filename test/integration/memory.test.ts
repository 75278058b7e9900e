// The experiment with a limit of memory, for real where this process may make control groups; elsewhere it says that it is
// not run.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ControlGroup, findControlGroups, makeControlGroup } from "../../lab/memory/control-group.ts";
import { startDatabaseIn } from "../../lab/memory/data-files.ts";
import type { GroupPlace } from "../../lab/memory/group-files.ts";
import { tellEnd } from "../../lab/memory/process-end.ts";
import { memoryRecords } from "../../lab/memory/record.ts";
import { isChildRunning } from "../../lab/targets/child.ts";
import { listDescendants } from "../../lab/targets/process-cpu.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";

const MIB = 2 ** 20;
const found = await findControlGroups();
const skip = typeof found === "string" ? `not run: ${found}` : false;
const place = found as GroupPlace;

const listGroups = () =>
  readdirSync(place.parent).filter(
    (name) => name.startsWith(`lab-memory-`) && !name.includes(`-${process.pid}-`),
  );

describe("a group with a limit", { skip }, () => {
  const limited = (bytes: number) => makeControlGroup(place, bytes);
  const start = (group: ControlGroup, args: readonly string[]) => {
    const [program = "", ...rest] = [...group.enter, process.execPath, ...args];
    return spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
  };
  async function waitForEnd(child: ChildProcess) {
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { code, signal, log };
  }

  test("ends what takes more, and it is known that the system did", async () => {
    await using group = limited(96 * MIB);
    const end = await waitForEnd(
      start(group, ["-e", "for (const all = [];;) all.push(Buffer.alloc(1e6, 1))"]),
    );
    assert.equal(tellEnd({ ...end, oomKills: group.readFigures().oomKills }).cause, "killed");
  });

  test("is not blamed for what V8 ends at the limit of its heap", async () => {
    await using group = limited(512 * MIB);
    const filling = "for (const all = [];;) all.push({ text: String(Math.random()) })";
    const end = await waitForEnd(start(group, ["--max-old-space-size=20", "-e", filling]));
    assert.equal(tellEnd({ ...end, oomKills: group.readFigures().oomKills }).cause, "heap");
  });

  test("counts the pages of files that are read in it, and gives them up", async () => {
    using folder = createFolder();
    await using group = limited(96 * MIB);
    const file = folder.inFolder("data");
    const job = `fs.writeFileSync(${JSON.stringify(file)}, Buffer.alloc(32e6, 1), { flush: true });
      console.log("read"); setInterval(() => {}, 1000)`;
    const child = start(group, ["-e", job]);
    await once(child.stdout as NonNullable<typeof child.stdout>, "data");
    assert.ok(group.readFigures().cacheBytes >= 32e6);
    group.dropCache();
    assert.ok(group.readFigures().cacheBytes < 16e6);
    child.kill();
    await once(child, "close");
  });

  test("takes a process that runs, and does not mind one that has ended", async () => {
    await using group = limited(96 * MIB);
    const child = spawn("sleep", ["60"]);
    group.add(child.pid as number);
    assert.deepEqual(group.listProcesses(), [child.pid]);
    child.kill();
    await once(child, "close");
    group.add(child.pid as number);
    assert.deepEqual(group.listProcesses(), []);
  });

  test("is gone afterwards, with whatever still ran in it", async () => {
    let child: ChildProcess | undefined;
    {
      await using group = limited(96 * MIB);
      child = start(group, ["-e", "console.log('here'); setInterval(() => {}, 1000)"]);
      await once(child.stdout as NonNullable<typeof child.stdout>, "data");
      assert.deepEqual(group.listProcesses(), [child.pid]);
    }
    if (isChildRunning(child)) await once(child, "close");
    assert.equal(child.signalCode, "SIGKILL");
  });

  test("holds a database's server with all of its processes", async () => {
    using folder = createFolder();
    await using group = limited(512 * MIB);
    await using server = await startDatabaseIn(group, folder.path);
    const all = [server.pid, ...listDescendants(server.pid)];
    assert.deepEqual([...group.listProcesses()].sort(), all.sort());
  });
});

describe("the limit", () => {
  const refusal = async (limit: string) => {
    const { code, stderr } = await runCommand("memory.ts", ["--limit", limit]);
    assert.equal(code, 2);
    return stderr;
  };

  test("is a size, and less than the machine has", async () => {
    assert.match(await refusal("much"), /--limit.*expected a size from 64MiB, such as 256MiB or 1GiB/);
    assert.match(
      await refusal("9999999GiB"),
      /^error: --limit: expected less than this machine has, [\d,.]+ MiB$/m,
    );
  });
});

describe("make memory", { skip }, () => {
  let folder: Folder;
  before(() => {
    folder = createFolder();
  });
  after(() => folder[Symbol.dispose]());
  const args = (results: string) => [
    ...["--limit", "96MiB", "--multiples", "0.5", "--approaches", "map,sqlite", "--seed", "1"],
    ...["--data", folder.inFolder("data"), "--results", folder.inFolder(results)],
  ];

  test("catches the map's death, and sees SQLite serve from the same memory", async () => {
    const { code, stdout, stderr } = await runCommand("memory.ts", args("results"));
    assert.equal(code, 0, stderr);
    const [run = ""] = readdirSync(folder.inFolder("results"));
    const path = join(folder.inFolder("results"), run);
    const { trials, endedAt } = memoryRecords.read(path);
    assert.ok(endedAt);
    const of = (approach: string) => trials.find((trial) => trial.approach === approach);
    assert.deepEqual([of("map")?.end?.cause, of("map")?.oomKills, of("map")?.startupMs], ["killed", 1, null]);
    const { end, windows = [], memory, peakBytes = 0 } = of("sqlite") ?? {};
    assert.equal(end, null);
    assert.deepEqual(
      windows.map(({ cache, errors }) => [cache, errors]),
      [
        ["cold", {}],
        ["warm", {}],
      ],
    );
    assert.ok(windows.every(({ requests }) => requests > 0));
    assert.ok((windows[0]?.diskBytes ?? 0) > 0, "a cold window reads from the disk");
    assert.ok((memory?.anonBytes ?? 0) > 20e6);
    assert.ok(peakBytes <= 96 * MIB);
    assert.match(stdout, /sqlite served; map did not/);
    for (const file of ["memory.md", "report.html"])
      assert.match(readFileSync(join(path, file), "utf8"), /killed by the system/);
    assert.deepEqual(listGroups(), []);
  });

  test("leaves no group and no service when it is stopped", async () => {
    const command = startCommand("memory.ts", args("stopped"));
    await command.said("[1/2]");
    await sleep(500);
    command.child.kill("SIGINT");
    const { code, stderr } = await command.ended;
    assert.deepEqual([code, listGroups()], [130, []], stderr);
    const [run = ""] = readdirSync(folder.inFolder("stopped"));
    assert.equal(memoryRecords.read(join(folder.inFolder("stopped"), run)).endedAt, null);
  });

  test("removes the groups of one that was killed", async () => {
    const leftover = join(place.parent, "lab-memory-4194304-0");
    mkdirSync(leftover);
    assert.equal(typeof (await findControlGroups()), "object");
    assert.equal(existsSync(leftover), false);
  });
});
