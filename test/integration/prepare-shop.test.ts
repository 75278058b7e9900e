// Prepared orders and inventory: the same in every store, and nothing of them where the lessons' data is.
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { ITEMS, itemId, seededOrders, stockOf } from "../../k6/lib/shop.ts";
import { databaseOf, dataFolderOf, takesOrders } from "../../lab/data/data-places.ts";
import { prepareData } from "../../lab/data/prepare.ts";
import { readStoredItem } from "../../lab/questions/stored-orders.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { createFolder } from "../helpers/folder.ts";
import { runSql, startTestServer, type TestServer } from "../helpers/postgres.ts";

const SIZE = 300;
const SEED = 4;
const takers = Object.fromEntries(Object.entries<Approach>(approaches).filter(([, row]) => takesOrders(row)));

describe("the data with orders", () => {
  const folder = createFolder();
  let server: TestServer;
  const prepare = () =>
    prepareData({
      ...{ root: folder.path, size: SIZE, seed: SEED, approaches: takers, orders: true },
      databaseUrlOf: server.server.urlOf,
      onProgress: () => {},
    });
  before(async () => {
    server = await startTestServer();
    await prepare();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  for (const [name, row] of Object.entries(takers))
    test(`${name}: has the seeded orders, and of each item what they have left`, async () => {
      const orders = Array.from({ length: SIZE }, (_, user) => seededOrders(SEED, user)).flat();
      const dataDir = dataFolderOf(folder.path, SIZE, name, true);
      const databaseUrl = server.server.urlOf(databaseOf(SIZE, row, true));
      for (const item of [0, 1, 45, 89, 90, ITEMS - 1]) {
        const stored = await readStoredItem({ ...row, dataDir, databaseUrl }, itemId(item));
        const seeded = orders.filter(({ item_id }) => item_id === itemId(item)).map(({ id }) => id);
        assert.deepEqual([...stored.orders].sort(), seeded.sort());
        assert.equal(stored.amountLeft, stockOf(item) - seeded.length);
      }
    });

  test("is left alone when it is there", async () => {
    const file = join(dataFolderOf(folder.path, SIZE, "sqlite", true), "orders.db");
    const { ino } = statSync(file);
    await prepare();
    assert.equal(statSync(file).ino, ino);
  });

  const indexesOfFile = (name: string) => {
    using db = new DatabaseSync(join(dataFolderOf(folder.path, SIZE, name), "users.db"));
    const names = db
      .prepare(
        "SELECT name FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_stat%' ORDER BY name",
      )
      .all();
    return names.map(({ name }) => name);
  };
  const indexesOfDatabase = async (row: Approach) => {
    const indexes = await runSql(
      server.server.urlOf(databaseOf(SIZE, row)),
      (sql) => sql`SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname`,
    );
    return indexes.map(({ indexname }) => indexname);
  };

  test("is not where the lessons' data is, and neither is an index", async () => {
    for (const name of Object.keys(takers))
      assert.deepEqual(
        readdirSync(dataFolderOf(folder.path, SIZE, name)).filter((file) => /orders|inventory/.test(file)),
        [],
      );
    assert.deepEqual(indexesOfFile("sqlite"), ["users"]);
    assert.deepEqual(await indexesOfDatabase(approaches.postgres), ["users_pkey"]);
  });

  test("has an index for each question where the row says so, with orders or without", async () => {
    const indexes = ["users_created", "users_domain", "users_email"];
    assert.deepEqual(indexesOfFile("sqlite-indexed"), ["users", ...indexes]);
    assert.deepEqual(await indexesOfDatabase(approaches["postgres-indexed"]), [...indexes, "users_pkey"]);
  });
});
