// What DURABILITY sets: each level is in force where the row has it, and read back from the store itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { findRun, readResults } from "../../lab/measure/results.ts";
import type { Level } from "../../services/storage/user-store.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { prepareData, rows } from "../helpers/stores.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

const APPENDING = "O_WRONLY|O_APPEND";
const HELD_FILE = {
  none: [APPENDING, false, true],
  process: [APPENDING, false, false],
  power: [APPENDING, true, false],
};

/** What the stores say of themselves that decides about a level, by what a row needs; stores of their own by name. */
const SETTINGS: Readonly<Record<string, Partial<Record<Level, readonly unknown[]>>>> = {
  "users.jsonl": { lesson: ["a"], ...HELD_FILE },
  "users.db": { lesson: [2], none: [0], process: [1], power: [2] },
  database: { lesson: ["on"], none: ["off"], process: ["on"], power: ["on"] },
  lsm: {
    lesson: [APPENDING, false],
    none: [APPENDING, false],
    process: [APPENDING, false],
    power: [APPENDING, true],
  },
  leveldb: { lesson: [false], none: [false], process: [false], power: [true] },
  rocksdb: { lesson: [false], none: [false], process: [false], power: [true] },
  lmdb: { lesson: [true], none: [true], process: [true], power: [false] },
};
const NAMES = [
  "appendFlags",
  "openFlags",
  "fdatasync",
  "isAnsweredBeforeWrite",
  "synchronous",
  "synchronous_commit",
  "sync",
  "noSync",
];

for (const [name, approach] of rows.filter(([, { levels }]) => levels !== undefined))
  describe(name, () => {
    const levels = { lesson: approach.durability, ...approach.levels };
    for (const [level, expected] of Object.entries(levels))
      test(`at level ${level} survives ${expected}, and keeps what was written over a restart`, async () => {
        using data = await prepareData(approach, someUsers(3), server);
        const open = async () => (await approach.load())({ ...data.options, durability: level as Level });
        const created = Array.from({ length: 30 }, (_, index) => userWithId(`new-${index}`));
        {
          await using store = await open();
          const { durability = approach.durability, settings } = await store.describe();
          assert.equal(durability, expected);
          const outcomes = await Promise.all(created.map((user) => store.insert(user)));
          assert.deepEqual(new Set(outcomes), new Set(["inserted"]));
          if (process.platform !== "linux") return;
          const found = NAMES.filter((key) => key in settings).map((key) => settings[key]);
          assert.deepEqual(
            found,
            (SETTINGS[name] ?? SETTINGS[approach.needs[0] as string])?.[level as Level],
          );
        }
        await using store = await open();
        for (const user of [...someUsers(3), ...created])
          assert.deepEqual({ ...(await store.findById(user.id)) }, user);
        assert.equal((await store.describe()).recordsAtStart, 33);
      });
  });

test("a service says which level is in force", async () => {
  for (const level of ["none", "power"]) {
    using data = await prepareData(rows.find(([name]) => name === "sqlite")?.[1] as never, someUsers(1));
    await using service = startServiceProcess({
      APPROACH: "sqlite",
      DATA_DIR: data.folder.path,
      DURABILITY: level,
    });
    const info = await (await fetch(`${await service.listening()}/info`)).json();
    assert.equal((info as { durability: string }).durability, level === "none" ? "process" : "power");
  }
});

test("an answer at level none waits for nothing; those at the other levels find the user in the file", async () => {
  const approach = rows.find(([name]) => name === "map")?.[1] as (typeof rows)[number][1];
  for (const durability of ["none", "process", "power"] as const) {
    using data = await prepareData(approach, []);
    await using store = await (await approach.load())({ ...data.options, durability });
    const outcome = store.insert(userWithId("a"));
    assert.equal(outcome instanceof Promise, durability !== "none");
    const isWritten = () => readFileSync(data.folder.inFolder("users.jsonl"), "utf8").includes('"a"');
    if ((await outcome) && durability !== "none") assert.ok(isWritten());
    await waitFor(isWritten);
  }
});

test("a bench passes the level to its services, and records what they say", async () => {
  using folder = createFolder();
  const args = ["--approaches", "baseline,map", "--workloads", "create", "--blocks", "1", "--counts", "no"];
  const short = ["--size", "100", "--duration", "200ms", "--warmup", "50ms", "--connections", "4"];
  const places = ["--data", folder.inFolder("data"), "--results", folder.inFolder("results")];
  const { code, stderr } = await runCommand("bench.ts", [...args, ...short, ...places], {
    DURABILITY: "power",
  });
  assert.equal(code, 0, stderr);
  const { environment, measurements } = readResults(findRun(folder.inFolder("results"), undefined));
  assert.equal(environment.durability, "power");
  assert.match(environment.command, / --durability power /);
  assert.equal(environment.stores.map?.settings.fdatasync, true);
  const durabilities = measurements.map(({ approach, durability }) => `${approach} ${durability}`).sort();
  assert.deepEqual(durabilities, ["baseline nothing", "map power"]);
});
