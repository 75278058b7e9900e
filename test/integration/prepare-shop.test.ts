// Prepared orders and inventory: the same in every store, and nothing of them where the lessons' data is.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { ITEMS, itemId, seededOrders, stockOf } from "../../k6/lib/shop.ts";
import { databaseOf, dataFolderOf, prepareData } from "../../lab/data/prepare.ts";
import { readStoredItem } from "../../lab/questions/stored-orders.ts";
import { approaches } from "../../services/approaches/index.ts";
import { createFolder } from "../helpers/folder.ts";
import { runSql, startTestServer, type TestServer } from "../helpers/postgres.ts";

const SIZE = 300;
const SEED = 4;
const { sqlite, postgres } = approaches;
const shops = {
  "linear-orders": approaches["linear-orders"],
  "map-indexed": approaches["map-indexed"],
  "sqlite-indexed": approaches["sqlite-indexed"],
  "postgres-indexed": approaches["postgres-indexed"],
};

describe("the data of approaches with orders", () => {
  const folder = createFolder();
  let server: TestServer;
  const prepare = () =>
    prepareData({
      ...{ root: folder.path, size: SIZE, seed: SEED, approaches: { ...shops, sqlite, postgres } },
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

  for (const [name, { needs }] of Object.entries(shops))
    test(`${name}: has the seeded orders, and of each item what they have left`, async () => {
      const orders = Array.from({ length: SIZE }, (_, user) => seededOrders(SEED, user)).flat();
      const dataDir = dataFolderOf(folder.path, SIZE, name);
      const databaseUrl = server.server.urlOf(databaseOf(SIZE, needs));
      for (const item of [0, 1, 45, 89, 90, ITEMS - 1]) {
        const stored = await readStoredItem({ needs, dataDir, databaseUrl }, itemId(item));
        const seeded = orders.filter(({ item_id }) => item_id === itemId(item)).map(({ id }) => id);
        assert.deepEqual([...stored.orders].sort(), seeded.sort());
        assert.equal(stored.amountLeft, stockOf(item) - seeded.length);
      }
    });

  test("is left alone when it is there", async () => {
    const file = join(dataFolderOf(folder.path, SIZE, "sqlite-indexed"), "users.db");
    const { ino } = statSync(file);
    await prepare();
    assert.equal(statSync(file).ino, ino);
  });

  test("is not in the lessons' databases", async () => {
    using db = new DatabaseSync(join(dataFolderOf(folder.path, SIZE, "sqlite"), "users.db"));
    const names = db.prepare("SELECT name FROM sqlite_master WHERE sql IS NOT NULL").all();
    assert.deepEqual(
      names.map(({ name }) => name),
      ["users"],
    );
    const indexes = await runSql(
      server.server.urlOf(databaseOf(SIZE)),
      (sql) => sql`SELECT indexname FROM pg_indexes WHERE schemaname = 'public'`,
    );
    assert.deepEqual(
      indexes.map(({ indexname }) => indexname),
      ["users_pkey"],
    );
  });
});
