import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { after, before, describe, test } from "node:test";
import { seededUser } from "../../k6/lib/users.ts";
import { pointedAtMs, readPointer, serveData } from "../../lab/data/current-data.ts";
import { databaseOf, dataFolderOf, takesOrders } from "../../lab/data/data-places.ts";
import { type PrepareOptions, prepareData } from "../../lab/data/prepare.ts";
import { copyDatabase, dropDatabase } from "../../lab/data/prepare-database.ts";
import { layOutData } from "../../lab/measure/trial-data.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { StoreOptions, UserStore } from "../../services/storage/user-store.ts";
import { createFolder } from "../helpers/folder.ts";
import { runSql, startTestServer, type TestServer } from "../helpers/postgres.ts";
import { rows, SQLITE } from "../helpers/stores.ts";

const SIZE = 300;
const folder = createFolder();
let database: TestServer;

before(async () => {
  database = await startTestServer();
});
after(async () => {
  await database[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const { linear, map, sqlite } = approaches;

/** Prepares, and returns what was made. */
async function prepare(root: string, options: Partial<PrepareOptions> = {}): Promise<Set<string>> {
  const made = new Set<string>();
  const onProgress = (what: string) => made.add(what);
  const urlOf = database.server.urlOf;
  await prepareData({
    root,
    size: SIZE,
    seed: 1,
    approaches,
    databaseUrlOf: urlOf,
    onProgress,
    ...options,
  });
  return made;
}

/** What a trial is told of the place of its data. */
const placeOf = (dataRoot: string) => ({ dataRoot, size: SIZE, target: { database: null } });

async function openWith(row: Approach, dataDir: string): Promise<UserStore> {
  const options: StoreOptions = {
    dataDir,
    databaseUrl: database.server.urlOf(databaseOf(SIZE)),
    sqlite: SQLITE,
    durability: "lesson",
    log: (line) => assert.fail(`${dataDir}: ${line}`),
  };
  return (await row.load())(options);
}

describe("prepared data", () => {
  test("serves the same users in every approach that stores", async () => {
    await prepare(folder.path);
    for (const [name, row] of rows.filter(([, { stores }]) => stores)) {
      await using data = await layOutData(placeOf(folder.path), { approach: name, row, workload: "read" });
      await using store = await openWith(row, data.dataDir);
      assert.equal((await store.describe()).recordsAtStart, SIZE, name);
      for (const index of [0, 1, SIZE - 1]) {
        const user = seededUser(1, index);
        assert.deepEqual({ ...(await store.findById(user.id)) }, user, name);
      }
    }
  });

  test("is left alone when it is there", async () => {
    await prepare(folder.path);
    const before = statSync(`${dataFolderOf(folder.path, SIZE, "binary")}/users.idx`);
    assert.deepEqual(await prepare(folder.path), new Set());
    assert.equal(statSync(`${dataFolderOf(folder.path, SIZE, "binary")}/users.idx`).ino, before.ino);
  });

  test("of another size lies beside it", async () => {
    await prepare(folder.path, { size: 20 });
    assert.deepEqual(await prepare(folder.path), new Set());
    assert.deepEqual(await prepare(folder.path, { size: 20 }), new Set());
  });

  test("that a service has written to is kept aside and made again", async () => {
    await prepare(folder.path);
    const map = dataFolderOf(folder.path, SIZE, "map");
    appendFileSync(`${map}/users.jsonl`, '{"id":"mine"}\n');
    await prepare(folder.path);
    assert.match(readFileSync(`${map}.changed-1/users.jsonl`, "utf8"), /"mine"/);
    assert.doesNotMatch(readFileSync(`${map}/users.jsonl`, "utf8"), /"mine"/);
  });

  test("in a database that has been written to is kept aside as well", async () => {
    await prepare(folder.path);
    const urlOf = database.server.urlOf;
    await runSql(urlOf(databaseOf(SIZE)), (sql) => sql`DELETE FROM users WHERE id > '8'`);
    await prepare(folder.path);
    const count = (name: string) => runSql(urlOf(name), (sql) => sql`SELECT count(*)::int AS n FROM users`);
    assert.equal((await count(databaseOf(SIZE)))[0]?.n, SIZE);
    assert.ok((await count(`${databaseOf(SIZE)}_changed_1`))[0]?.n < SIZE);
  });

  test("of another seed is made of other users, and what was written is kept even then", async () => {
    using other = createFolder();
    const options: Partial<PrepareOptions> = { approaches: { linear, map } };
    await prepare(other.path, options);
    appendFileSync(`${dataFolderOf(other.path, SIZE, "linear")}/users.jsonl`, '{"id":"mine"}\n');
    await prepare(other.path, { ...options, seed: 2 });
    assert.deepEqual(readdirSync(`${other.path}/${SIZE}`).sort(), [
      "linear",
      "linear.changed-1",
      "map",
      "seeded",
    ]);
    const [first] = readFileSync(`${dataFolderOf(other.path, SIZE, "map")}/users.jsonl`, "utf8").split("\n");
    assert.equal(first, JSON.stringify(seededUser(2, 0)));
  });

  test("of other files is made again, in whatever order they are named", async () => {
    using other = createFolder();
    const filesOf = (needs: Approach["needs"]) =>
      prepare(other.path, { approaches: { mine: { ...linear, needs } } }).then(() =>
        readdirSync(dataFolderOf(other.path, SIZE, "mine")).sort(),
      );
    assert.deepEqual(await filesOf(["users.jsonl"]), ["manifest.json", "users.jsonl"]);
    assert.deepEqual(await filesOf(["users.db"]), ["manifest.json", "users.db"]);
    assert.deepEqual(await filesOf(["users.idx", "users.jsonl"]), [
      "manifest.json",
      "users.idx",
      "users.jsonl",
    ]);
    assert.deepEqual(await filesOf(["users.jsonl", "users.idx"]), [
      "manifest.json",
      "users.idx",
      "users.jsonl",
    ]);
    assert.deepEqual(await filesOf([]), ["manifest.json"]);
  });

  test("with a store of its approach's own is left alone until somebody opens it, and copied for each trial", async () => {
    using other = createFolder();
    const options = { approaches: { leveldb: approaches.leveldb } };
    assert.ok((await prepare(other.path, options)).has("leveldb store"));
    assert.equal((await prepare(other.path, options)).size, 0);
    const dataDir = dataFolderOf(other.path, SIZE, "leveldb");
    const trial = { approach: "leveldb", row: approaches.leveldb, workload: "read" } as const;
    {
      await using data = await layOutData(placeOf(other.path), trial);
      assert.notEqual(data.dataDir, dataDir);
      await using store = await openWith(approaches.leveldb, data.dataDir);
      assert.equal((await store.describe()).recordsAtStart, SIZE);
    }
    assert.equal((await prepare(other.path, options)).size, 0);
    {
      await using store = await openWith(approaches.leveldb, dataDir);
      assert.deepEqual({ ...(await store.findById(seededUser(1, 7).id)) }, seededUser(1, 7));
    }
    assert.ok((await prepare(other.path, options)).has("leveldb store"));
    assert.ok(existsSync(`${dataDir}.changed-1/store`));
  });

  test("that was interrupted is made again, and what was unfinished is removed", async () => {
    using other = createFolder();
    const stop = new AbortController();
    const stopped = prepare(other.path, {
      approaches: { map, sqlite },
      signal: stop.signal,
      onProgress: (what) => {
        if (what === "sqlite users.db") stop.abort(new Error("stopped"));
      },
    });
    await assert.rejects(stopped, /stopped/);
    assert.ok(!existsSync(dataFolderOf(other.path, SIZE, "sqlite")));
    mkdirSync(`${dataFolderOf(other.path, SIZE, "map")}.unfinished-1`);

    await prepare(other.path, { approaches: { map, sqlite } });
    assert.deepEqual(readdirSync(`${other.path}/${SIZE}`).sort(), ["map", "seeded", "sqlite"]);
  });

  test("without its manifest is not trusted", async () => {
    await prepare(folder.path);
    rmSync(`${dataFolderOf(folder.path, SIZE, "linear")}/manifest.json`);
    assert.deepEqual(await prepare(folder.path), new Set());
    assert.ok(existsSync(`${dataFolderOf(folder.path, SIZE, "linear")}/manifest.json`));
    assert.ok(existsSync(`${dataFolderOf(folder.path, SIZE, "linear")}.changed-1/users.jsonl`));
  });

  test("too large for the disk is refused before anything is made", async () => {
    using other = createFolder();
    const size = 4_000_000_000;
    await assert.rejects(prepare(other.path, { size }), /GB free; 4000000000 users need \d+\.\d GB/);
    assert.deepEqual(readdirSync(`${other.path}/${size}`), []);
    // What was prepared in another format is there, and is no reason to begin.
    for (const name of ["seeded", ...Object.keys(approaches)]) {
      mkdirSync(dataFolderOf(other.path, size, name));
      writeFileSync(
        `${dataFolderOf(other.path, size, name)}/manifest.json`,
        JSON.stringify({ formatVersion: 1, size, seed: 1, sha256: "", files: {} }),
      );
    }
    await assert.rejects(prepare(other.path, { size }), /GB free; 4000000000 users need \d+\.\d GB/);
  });

  test("with orders is made anew when somebody has ordered from its database, which is kept aside", async () => {
    const { urlOf } = database.server;
    const only = { approaches: { postgres: approaches.postgres }, orders: true };
    await prepare(folder.path, only);
    const name = databaseOf(SIZE, approaches.postgres, true);
    const count = async (of: string) =>
      (await runSql(urlOf(of), (sql) => sql`SELECT count(*)::int AS n FROM orders`))[0]?.n;
    const orders = await count(name);
    assert.ok(orders > 0);
    await runSql(urlOf(name), (sql) => sql`DELETE FROM orders WHERE id > '8'`);
    await prepare(folder.path, only);
    assert.equal(await count(name), orders);
    assert.ok((await count(`${name}_changed_1`)) < orders);
  });
});

test("a copy of a database can be written to without a trace in the original", async () => {
  await prepare(folder.path);
  const { urlOf } = database.server;
  await copyDatabase(urlOf, databaseOf(SIZE), "copy");
  await runSql(urlOf("copy"), (sql) => sql`DELETE FROM users`);
  const [row] = await runSql(urlOf(databaseOf(SIZE)), (sql) => sql`SELECT count(*)::int AS n FROM users`);
  assert.equal(row?.n, SIZE);
  await dropDatabase(urlOf, "copy");
  await assert.rejects(
    runSql(urlOf("copy"), (sql) => sql`SELECT 1`),
    /does not exist/,
  );
});

describe("data that services in containers serve", () => {
  const serve = async (size = SIZE) => {
    await prepare(folder.path, { size, orders: true });
    await serveData({
      root: folder.path,
      size,
      seed: 1,
      approaches,
      databaseUrlOf: database.server.urlOf,
    });
  };
  const served = (name: string) => readPointer(folder.path, name);
  const countIn = async (url: string | undefined) =>
    (await runSql(url as string, (sql) => sql`SELECT count(*)::int AS n FROM users`))[0]?.n;

  test("is a copy of what was prepared, found under a name that never changes", async () => {
    await serve();
    for (const [name, row] of rows) {
      const prepared = dataFolderOf(folder.path, SIZE, name, takesOrders(row));
      const files = row.needs.filter((need) => need.startsWith("users."));
      for (const file of files) {
        const bytes = readFileSync(`${prepared}/${file}`);
        assert.ok(bytes.equals(readFileSync(`${folder.path}/current/${name}/${file}`)), `${name} ${file}`);
      }
      assert.deepEqual(readdirSync(`${folder.path}/current/${name}`).sort(), readdirSync(prepared).sort());
    }
    const [orders] = await runSql(
      served("postgres").databaseUrl as string,
      (sql) =>
        sql`SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM orders) AS n`,
    );
    assert.equal(orders?.users, SIZE);
    assert.ok(orders?.n > 0);
    assert.equal(served("map").databaseUrl, undefined);
  });

  test("has orders where they are taken, whoever else has a database of these users", async () => {
    using other = createFolder();
    const { postgres, "map-notified": notified } = approaches;
    const wanted = { size: SIZE + 7, seed: 1, approaches: { "map-notified": notified, postgres } };
    await prepare(other.path, { ...wanted, orders: true });
    await serveData({ ...wanted, root: other.path, databaseUrlOf: database.server.urlOf });
    const url = readPointer(other.path, "postgres").databaseUrl as string;
    const [found] = await runSql(url, (sql) => sql`SELECT count(*)::int AS n FROM orders`);
    assert.ok(found?.n > 0);
  });

  test("is pointed to anew only when it is another", async () => {
    await serve();
    const before = pointedAtMs(folder.path, "postgres");
    await serve();
    assert.equal(pointedAtMs(folder.path, "postgres"), before);
    await serve(SIZE + 1);
    assert.ok(pointedAtMs(folder.path, "postgres") > before);
    assert.equal(pointedAtMs(folder.path, "nobody"), 0);
  });

  test("keeps what is written to it, whatever is served in between", async () => {
    await serve();
    appendFileSync(`${folder.path}/current/map/users.jsonl`, "{}\n");
    const url = served("postgres").databaseUrl as string;
    await runSql(url, (sql) => sql`DELETE FROM users`);
    await serve(SIZE + 1);
    assert.doesNotMatch(readFileSync(`${folder.path}/current/map/users.jsonl`, "utf8"), /^{}$/m);
    assert.equal(await countIn(served("postgres").databaseUrl), SIZE + 1);
    await serve();
    assert.match(readFileSync(`${folder.path}/current/map/users.jsonl`, "utf8"), /^{}$/m);
    assert.equal(await countIn(url), 0);
    assert.equal(await countIn(database.server.urlOf(databaseOf(SIZE))), SIZE);
  });

  test("of other users is made anew, and the old is kept aside", async () => {
    await serve();
    await prepare(folder.path, { seed: 2, orders: true });
    const databaseUrlOf = database.server.urlOf;
    await serveData({ root: folder.path, size: SIZE, seed: 2, approaches, databaseUrlOf });
    const first = JSON.parse(
      readFileSync(`${folder.path}/current/map/users.jsonl`, "utf8").split("\n")[0] as string,
    );
    assert.equal(first.id, seededUser(2, 0).id);
    assert.ok(existsSync(`${folder.path}/served/${SIZE}/map.replaced-1`));
    assert.equal(await countIn(database.server.urlOf(`served_users_${SIZE}_orders_changed_1`)), 0);
  });
});
