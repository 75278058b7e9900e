// The log-structured merge tree on a disk: whatever happens to it, it holds what it was given.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { seededId } from "../../k6/lib/users.ts";
import { approach as lsmSmall } from "../../lab/controls/lsm-small.ts";
import { approaches } from "../../services/approaches/index.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import { checkLine, toLine } from "../../services/storage/lsm/log.ts";
import { countUsers } from "../../services/storage/lsm/manifest.ts";
import { openLsmStore } from "../../services/storage/lsm/store.ts";
import type { User } from "../../services/storage/user.ts";
import { createFolder } from "../helpers/folder.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

/** A log is full after five users or so. */
const MEMORY_TABLE_BYTES = 500;

const open = (dataDir: string, { log = (_line: string) => {} } = {}) =>
  openLsmStore({ dataDir, durability: "lesson", log }, MEMORY_TABLE_BYTES);

type Tree = Awaited<ReturnType<typeof open>>;

const countAll = ({ state }: Tree) => countUsers([...state.logs, ...state.tables]);
const inStore = (dataDir: string, name: string) => join(dataDir, "store", name);
const namesOf = (dataDir: string, kind: "log" | "table") =>
  readdirSync(join(dataDir, "store"))
    .filter((name) => name.endsWith(`.${kind}`))
    .sort();
const lastLogOf = (dataDir: string) => inStore(dataDir, namesOf(dataDir, "log").at(-1) as string);

/** Opens a tree, inserts users one by one, and makes tables of them. */
async function fill(folder: string, users: readonly User[]): Promise<void> {
  await using tree = await open(folder);
  for (const user of users) await tree.insert(user);
  await tree.settle();
}

/** Puts folders where the next tables are to be. Returns what takes them away. */
function blockTables(dataDir: string): () => void {
  const obstacles = Array.from({ length: 60 }, (_, index) =>
    inStore(dataDir, `${String(index + 2).padStart(6, "0")}.table`),
  );
  for (const obstacle of obstacles) mkdirSync(obstacle);
  return () => {
    for (const obstacle of obstacles) rmdirSync(obstacle);
  };
}

type Step =
  | { readonly what: "insert"; readonly ids: readonly string[] }
  | { readonly what: "settle" | "reopen" }
  | { readonly what: "cut"; readonly part: number };

const someId = fc.oneof(
  fc.nat(30).map((number) => `user ${number}`),
  fc.constantFrom('"', "\\", "\n", "é", "🦊", "\ud83e", "", "{", "id", '","id":"user 1"', ',{"id":"user 1"'),
);
const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constant("insert" as const),
      ids: fc.array(someId, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom("settle" as const, "reopen" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("cut" as const),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);

describe("the tree", () => {
  test("holds what a Map would, whatever is inserted, closed, merged and cut off", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { minLength: 20, maxLength: 30 }), async (steps) => {
        using folder = createFolder();
        const model = new Map<string, User>();
        let tree = await open(folder.path);
        try {
          let version = 0;
          for (const step of steps) {
            if (step.what === "settle") await tree.settle();
            if (step.what === "insert") {
              const users = step.ids.map((id) => userWithId(id, { name: `Version ${version++}` }));
              const isNew =
                new Set(step.ids).size === step.ids.length && !step.ids.some((id) => model.has(id));
              assert.equal(await tree.insertMany(users), isNew ? "inserted" : "duplicate");
              if (isNew) for (const user of users) model.set(user.id, user);
            }
            if (step.what === "reopen" || step.what === "cut") {
              await tree[Symbol.asyncDispose]();
              if (step.what === "cut") for (const id of cutLog(folder.path, step.part)) model.delete(id);
              tree = await open(folder.path);
            }
            for (const id of step.what === "insert" ? step.ids : model.keys())
              assert.deepEqual(tree.findById(id), model.get(id) ?? null);
            assert.equal(countAll(tree), model.size);
          }
          await tree.settle();
          assert.deepEqual(
            new Map([...tree.users()].map((user) => [user.id, user])),
            new Map([...model].sort()),
          );
          assert.deepEqual([...tree.users()].map(({ id }) => id).sort(), [...model.keys()].sort());
        } finally {
          await tree[Symbol.asyncDispose]();
        }
      }),
      { numRuns: 6 },
    );
  });

  test("merges in the background, removes what it has merged, and keeps few files", async () => {
    using folder = createFolder();
    const users = someUsers(80);
    await fill(folder.path, users);
    const tables = namesOf(folder.path, "table");
    assert.ok(tables.length <= 6, tables.join());
    assert.equal(namesOf(folder.path, "log").length, 1);
    await using tree = await open(folder.path);
    assert.ok(tree.state.tables.some(({ users }) => users > 30));
    for (const user of users) assert.deepEqual(tree.findById(user.id), user);
    assert.equal(tree.findById("nobody"), null);
  });

  test("reads one block for a user who is there, and hardly any for one who is not", async () => {
    using folder = createFolder();
    const users = someUsers(80);
    await fill(folder.path, users);
    await using tree = await open(folder.path);
    for (const user of users) assert.deepEqual(tree.findById(user.id), user);
    assert.ok(tree.counters.blockReads.value <= 1.1 * tree.counters.lookups.value);
    const before = tree.counters.blockReads.value;
    for (let index = 0; index < 400; index++) assert.equal(tree.findById(`nobody ${index}`), null);
    assert.ok(tree.counters.blockReads.value - before <= 40);
    assert.ok(tree.counters.filterChecks.value > 400);
  });

  test("shows what it counts, and how many tables there are", async () => {
    using folder = createFolder();
    await fill(folder.path, someUsers(80));
    await using tree = await open(folder.path);
    for (const user of someUsers(80)) tree.findById(user.id);
    const figures = new Map(tree.figures().map((figure) => [figure.name, figure]));
    const counted = ["user_bytes", "log_bytes", "flushed_bytes", "merged_bytes", "stall_seconds"];
    const asked = ["lookups", "filter_checks", "block_reads"];
    const totals = [...counted, ...asked].map((name) => `lsm_${name}_total`);
    assert.deepEqual([...figures.keys()], [...totals, "lsm_tables"]);
    assert.equal(figures.get("lsm_tables")?.value, namesOf(folder.path, "table").length);
    assert.equal(figures.get("lsm_block_reads_total")?.value, tree.counters.blockReads.value);
    assert.ok(tree.counters.blockReads.value > 0);
    for (const figure of figures.values())
      assert.equal(figure.name.endsWith("_total"), "type" in figure && figure.type === "counter");
  });

  test("stores batches and single users that come at once, each id once", async () => {
    using folder = createFolder();
    await using tree = await open(folder.path);
    const twins = Array.from({ length: 20 }, (_, index) => userWithId("one id", { name: `Twin ${index}` }));
    const outcomes = await Promise.all(twins.map((twin) => tree.insert(twin)));
    assert.deepEqual(outcomes, ["inserted", ...Array(19).fill("duplicate")]);
    assert.equal(await tree.insertMany([userWithId("new"), userWithId("one id")]), "duplicate");
    assert.equal(await tree.insertMany([userWithId("same"), userWithId("same")]), "duplicate");
    assert.equal(tree.findById("new"), null);
    assert.equal(countAll(tree), 1);
  });

  test("tells of every user once, however much is merged while somebody listens", async () => {
    using folder = createFolder();
    const users = someUsers(300);
    await using tree = await open(folder.path);
    for (const user of users.slice(0, 83)) await tree.insert(user);
    for (const step of [1, 4, 30]) {
      const before = countAll(tree);
      const listening = tree.users();
      const heard = [];
      let next = before;
      for (let at = 0; ; at++) {
        const { done, value } = listening.next();
        if (done) break;
        heard.push(value.id);
        if (at % step > 0 || next - before >= 40) continue;
        for (const user of users.slice(next, next + 10)) await tree.insert(user);
        next += 10;
        await tree.settle();
      }
      assert.equal(new Set(heard).size, heard.length);
      assert.deepEqual(
        new Set(heard),
        new Set(users.slice(0, before).map(({ id }) => id)),
        `asked at each ${step}`,
      );
    }
  });

  test("makes no table of a log whose last record the disk has changed, and has its users until it ends", async () => {
    using folder = createFolder();
    const said: string[] = [];
    await using tree = await open(folder.path, { log: (line) => said.push(line) });
    const letTablesBeMade = blockTables(folder.path);
    const users = someUsers(9);
    for (const user of users) await tree.insert(user);
    const full = inStore(folder.path, namesOf(folder.path, "log")[0] as string);
    const bytes = readFileSync(full);
    bytes[bytes.length - 5] = 0;
    writeFileSync(full, bytes);
    letTablesBeMade();
    await assert.rejects(tree.settle(), /users; expected/);
    for (const user of users) assert.deepEqual(tree.findById(user.id), user);
    assert.ok(existsSync(full));
  });

  test("puts as many into a record as a log takes, and one more at most, however many come at once", async () => {
    using folder = createFolder();
    await using tree = await open(folder.path);
    const letTablesBeMade = blockTables(folder.path);
    const users = someUsers(60);
    const inserting = users.map((user) => tree.insert(user));
    await Promise.allSettled(inserting);
    const lines = namesOf(folder.path, "log").flatMap((name) =>
      readFileSync(inStore(folder.path, name), "utf8").split("\n"),
    );
    assert.ok(Math.max(...lines.map(({ length }) => length)) < 2 * MEMORY_TABLE_BYTES);
    assert.ok(
      lines.some((line) => line.split('"id"').length > 3),
      "several share one",
    );
    letTablesBeMade();
    for (const user of users) assert.match(await tree.insert(user), /inserted|duplicate/);
    for (const user of users) assert.deepEqual(tree.findById(user.id), user);
  });

  test("has every user once while the manifest cannot be replaced, after a start then, and when it can", async () => {
    using folder = createFolder();
    const users = someUsers(80);
    const said: string[] = [];
    const log = (line: string) => said.push(line);
    const hasEach = (tree: Tree, expected: readonly User[]) => {
      for (const user of expected) assert.deepEqual(tree.findById(user.id), user);
      const ids = [...tree.users()].map(({ id }) => id);
      assert.deepEqual(ids.sort(), expected.map(({ id }) => id).sort());
      assert.equal(countAll(tree), expected.length);
    };
    const obstacle = inStore(folder.path, "manifest.new");
    {
      await using tree = await open(folder.path, { log });
      mkdirSync(obstacle);
      for (const user of users.slice(0, 40)) {
        // Whoever comes when there is no room is told; a log has become a table in memory nevertheless.
        for (let outcome = ""; outcome === ""; ) outcome = await tree.insert(user).catch(() => "");
      }
      hasEach(tree, users.slice(0, 40));
      assert.match(said.join(), /EISDIR/);
    }
    assert.ok(namesOf(folder.path, "log").length >= 8, "no log is removed");
    {
      await using tree = await open(folder.path, { log });
      hasEach(tree, users.slice(0, 40));
      rmdirSync(obstacle);
      for (const user of users.slice(40)) await tree.insert(user);
      await tree.settle();
      hasEach(tree, users);
      const names = readdirSync(join(folder.path, "store")).filter((name) => /log$|table$/.test(name));
      assert.equal(
        names.length,
        tree.state.logs.length + tree.state.tables.length,
        "what was left is removed",
      );
    }
    await using tree = await open(folder.path);
    hasEach(tree, users);
    assert.equal(namesOf(folder.path, "log").length, 1);
    assert.equal(namesOf(folder.path, "table").length, tree.state.tables.length);
  });

  test("waits with writes while tables are not made, says why when they cannot be, and goes on when they can", async () => {
    using folder = createFolder();
    const said: string[] = [];
    await using tree = await open(folder.path, { log: (line) => said.push(line) });
    const letTablesBeMade = blockTables(folder.path);
    const stored: User[] = [];
    const insertAll = async () => {
      for (const user of someUsers(100).slice(stored.length)) {
        await tree.insert(user);
        stored.push(user);
      }
    };
    await assert.rejects(insertAll(), /EEXIST/);
    assert.ok(stored.length > 0 && stored.length < 40, `${stored.length}`);
    assert.ok(said.length > 0);
    letTablesBeMade();
    await insertAll();
    for (const user of stored) assert.deepEqual(tree.findById(user.id), user);
    assert.ok(tree.counters.stallSeconds.value > 0);
  });
});

/** Cuts the last log off somewhere, as a kill does. Returns the ids of the users who are gone. */
function cutLog(folder: string, part: number): string[] {
  const file = lastLogOf(folder);
  const text = readFileSync(file);
  const cut = Math.round(text.length * part);
  truncateSync(file, cut);
  const whole = text.subarray(0, cut).lastIndexOf("\n") + 1;
  const gone = text.toString("utf8", whole).split("\n").filter(Boolean);
  return gone.flatMap((line) => (JSON.parse(line.slice(9)) as User[]).map(({ id }) => id));
}

describe("a start", () => {
  test("removes what the manifest does not name, and nothing else", async () => {
    using folder = createFolder();
    await fill(folder.path, someUsers(60));
    const before = readdirSync(join(folder.path, "store")).sort();
    const [table] = namesOf(folder.path, "table") as [string];
    writeFileSync(inStore(folder.path, "009998.table"), readFileSync(inStore(folder.path, table)));
    writeFileSync(inStore(folder.path, "000000.log"), "of a table that was made");
    const others = ["notes.txt", "12.log", "000012.log.bak", "a000012.log"];
    for (const name of others) writeFileSync(inStore(folder.path, name), "somebody's own");
    {
      await using tree = await open(folder.path);
      assert.equal(countAll(tree), 60);
    }
    assert.deepEqual(readdirSync(join(folder.path, "store")).sort(), [...before, ...others].sort());
  });

  test("removes a table that was not finished when there was no other yet", async () => {
    using folder = createFolder();
    {
      await using tree = await open(folder.path);
      await tree.insert(userWithId("a"));
    }
    writeFileSync(inStore(folder.path, "000002.table"), '{"id":"a"');
    await using tree = await open(folder.path);
    assert.deepEqual(namesOf(folder.path, "table"), []);
    assert.equal(countAll(tree), 1);
  });

  test("drops a torn last record, says so, and writes on behind the one before", async () => {
    using folder = createFolder();
    {
      await using tree = await open(folder.path);
      await tree.insert(userWithId("a"));
    }
    const file = lastLogOf(folder.path);
    const { size } = statSync(file);
    appendFileSync(file, '00000000 [{"id":"torn"');
    const said: string[] = [];
    {
      await using tree = await open(folder.path, { log: (line) => said.push(line) });
      assert.deepEqual(said, [`${file}, byte ${size}: 22 bytes of a torn record dropped`]);
      await tree.insert(userWithId("b"));
    }
    await using tree = await open(folder.path);
    assert.deepEqual(
      [...tree.users()].map(({ id }) => id),
      ["a", "b"],
    );
  });

  const refusal = async (folder: string) => {
    const error = await open(folder).then(
      () => assert.fail("it opened"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DamagedData, String(error));
    return error.message;
  };

  test("refuses every damaged byte of a log before the last record, and names line and byte", async () => {
    using folder = createFolder();
    {
      await using tree = await open(folder.path);
      for (const id of ["a", "b", "c"]) await tree.insert(userWithId(id));
    }
    const file = lastLogOf(folder.path);
    const text = readFileSync(file);
    const starts = [0, text.indexOf("\n") + 1];
    for (let byte = 0; byte < text.lastIndexOf("\n", text.length - 2); byte++) {
      const damaged = Buffer.from(text);
      damaged[byte] = 0;
      writeFileSync(file, damaged);
      const line = byte < (starts[1] as number) ? 1 : 2;
      assert.equal(
        await refusal(folder.path),
        `${file}, line ${line}, byte ${starts[line - 1]}: the record is not whole; expected nothing behind it`,
      );
    }
  });

  test("refuses a torn record with another behind it in a later log, but not with an empty log behind it", async () => {
    using folder = createFolder();
    {
      await using tree = await open(folder.path);
      await tree.insert(userWithId("a"));
    }
    const [file, later] = [lastLogOf(folder.path), inStore(folder.path, "000999.log")];
    appendFileSync(file, "torn");
    writeFileSync(later, "");
    {
      // As a log that could not be synced when it was new leaves it.
      await using tree = await open(folder.path);
      assert.equal(countAll(tree), 1);
      await tree.insert(userWithId("b"));
    }
    assert.ok(statSync(later).size > 0);
    const { size } = statSync(file);
    appendFileSync(file, "torn");
    assert.equal(
      await refusal(folder.path),
      `${file}, line 2, byte ${size}: the record is not whole; expected nothing behind it`,
    );
  });

  test("refuses to do without a log that the manifest has", async () => {
    using folder = createFolder();
    await fill(folder.path, someUsers(60));
    const [first] = namesOf(folder.path, "log") as [string];
    const manifest = readFileSync(inStore(folder.path, "manifest"), "utf8");
    assert.match(manifest, new RegExp(`"firstLog":${Number.parseInt(first, 10)},`));
    rmSync(inStore(folder.path, first));
    assert.match(await refusal(folder.path), /log \d+ is missing; the manifest has it$/);
  });

  test("goes on when a file that belongs to nothing cannot be removed, and says so", async () => {
    using folder = createFolder();
    await fill(folder.path, someUsers(60));
    const stuck = inStore(folder.path, "009998.table");
    mkdirSync(stuck);
    const said: string[] = [];
    await using tree = await open(folder.path, { log: (line) => said.push(line) });
    assert.equal(countAll(tree), 60);
    assert.match(said.join(), /009998\.table/);
  });

  test("refuses tables without a manifest, a manifest without its tables, and one that is none", async () => {
    using folder = createFolder();
    await fill(folder.path, someUsers(60));
    const manifest = inStore(folder.path, "manifest");
    const text = readFileSync(manifest);
    rmSync(manifest);
    assert.equal(await refusal(folder.path), `${manifest} is missing; expected it beside logs and tables`);
    writeFileSync(manifest, text.subarray(0, 20));
    const bad = `${manifest}: expected a manifest of format 3, and its checksum`;
    assert.equal(await refusal(folder.path), bad);
    // One that says of a log that is needed that it is not.
    writeFileSync(manifest, text.toString("utf8").replace(/"firstLog":\d+/, '"firstLog":999'));
    assert.equal(await refusal(folder.path), bad);
    // One of an older format, as it was written.
    writeFileSync(manifest, toLine(JSON.stringify({ formatVersion: 2, firstLog: 1, tables: [] })));
    assert.equal(await refusal(folder.path), bad);
    writeFileSync(manifest, text);
    const table = inStore(folder.path, namesOf(folder.path, "table")[0] as string);
    rmSync(table);
    assert.equal(await refusal(folder.path), `${table} is missing; the manifest has it`);
  });

  test("refuses a table that is shorter or longer than it was written", async () => {
    using folder = createFolder();
    await fill(folder.path, someUsers(30));
    const file = inStore(folder.path, namesOf(folder.path, "table")[0] as string);
    const bytes = readFileSync(file);
    const others = [0, 1, 100, bytes.length - 1].map((length) => bytes.subarray(0, length));
    for (const other of [
      ...others,
      Buffer.concat([bytes, Buffer.from("\n")]),
      Buffer.concat([bytes, bytes]),
    ]) {
      writeFileSync(file, other);
      assert.match(await refusal(folder.path), /byte \d+: the checksum is not that of the line$/);
    }
  });

  test("and every read refuse a table with a damaged byte", async () => {
    using folder = createFolder();
    const users = someUsers(30);
    await fill(folder.path, users);
    const file = inStore(folder.path, namesOf(folder.path, "table")[0] as string);
    const bytes = readFileSync(file);
    for (let byte = 0; byte < bytes.length; byte += 97) {
      const damaged = Buffer.from(bytes);
      damaged[byte] = (damaged[byte] as number) ^ 1;
      writeFileSync(file, damaged);
      await assert.rejects(async () => {
        await using tree = await open(folder.path);
        for (const user of users) tree.findById(user.id);
      }, DamagedData);
    }
  });
});

test("the store refuses a second process, and a second store of the same process, until the first ends", async () => {
  using data = await prepareData(approaches.lsm, someUsers(3));
  {
    await using _store = await data.open();
    await assert.rejects(data.open(), /another process has this store open; expected to be the only one$/);
  }
  await using store = await data.open();
  assert.equal((await store.describe()).recordsAtStart, 3);
});

test("tiny tables are made and merged under the posts of a moment", async () => {
  using data = await prepareData(lsmSmall, []);
  await using store = await data.open();
  for (const user of someUsers(200)) assert.equal(await store.insert(user), "inserted");
  const { tables } = (await store.describe()).settings;
  assert.ok(Number(tables) >= 1, `${tables}`);
  const manifest = JSON.parse(String(checkLine(readFileSync(data.folder.inFolder("store/manifest")))));
  assert.ok(manifest.firstLog > 10, "it has been replaced again and again");
});

/** Inserts users without pause, a few at a time, and prints how many of them are stored. */
const WRITER = `
  import { openLsmStore } from ${JSON.stringify(new URL("../../services/storage/lsm/store.ts", import.meta.url).href)};
  import { seededUser } from ${JSON.stringify(new URL("../../k6/lib/users.ts", import.meta.url).href)};
  const [dataDir, first] = process.argv.slice(1);
  const tree = await openLsmStore({ dataDir, durability: "process", log: () => {} }, 3_000);
  for (let at = Number(first); ; at += 5) {
    await tree.insertMany(Array.from({ length: 5 }, (_, index) => seededUser(1, at + index)));
    process.stdout.write(at + 5 + "\\n");
  }`;

test("a kill while tables are made and merged loses nothing, and tears no batch", async () => {
  using folder = createFolder();
  let [stored, seed] = [0, 12_345];
  const hadMerged: boolean[] = [];
  for (let round = 0; round < 4; round++) {
    const child = spawn(
      process.execPath,
      ["--input-type=module", "--eval", WRITER, "--", folder.path, String(stored)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    // So many are not in memory: the first tables are there, and more are on the way.
    while (Number(said.trimEnd().split("\n").at(-1)) < stored + 120) await once(child.stdout, "data");
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    await sleep(seed % 400);
    child.kill("SIGKILL");
    await once(child, "close");
    const acknowledged = Number(said.trimEnd().split("\n").at(-1));
    await using tree = await openLsmStore({ dataDir: folder.path, durability: "process", log: () => {} });
    stored = countAll(tree);
    assert.ok(stored === acknowledged || stored === acknowledged + 5, `${stored} of ${acknowledged}`);
    const ids = new Set([...tree.users()].map(({ id }) => id));
    assert.equal(ids.size, stored);
    for (const user of someUsersOfSeed(stored)) assert.ok(ids.has(user));
    hadMerged.push(tree.state.tables.length > 0 && existsSync(inStore(folder.path, "manifest")));
  }
  assert.ok(hadMerged.includes(true));
});

function someUsersOfSeed(count: number): string[] {
  return Array.from({ length: count }, (_, index) => seededId(1, index));
}
