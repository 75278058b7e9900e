// Orders beside the users: nobody pays for them who has none, and they keep what users keep.
import assert from "node:assert/strict";
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { StoreUnavailable } from "../../services/storage/faults.ts";
import { readOne } from "../../services/storage/sqlite-connection.ts";
import { attachOrders } from "../../services/storage/sqlite-orders.ts";
import { createFolder } from "../helpers/folder.ts";
import { runSql, startTestServer } from "../helpers/postgres.ts";
import { writeShop } from "../helpers/shop.ts";
import { prepareData, SQLITE, type StoreData } from "../helpers/stores.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

const [buyer] = someUsers(1) as [ReturnType<typeof userWithId>];
const orderOf = (item_id: string, number = 0) => ({
  ...{ id: `order ${number}`, user_id: buyer.id, item_id },
  created_at: "2026-01-02T03:04:05.006Z",
});
const filesOf = ({ options }: StoreData) => readdirSync(options.dataDir).sort();

describe("orders in files", () => {
  for (const name of ["linear", "sqlite"] as const)
    test(`${name}: there are none before somebody asks for some`, async () => {
      using data = await prepareData(approaches[name], someUsers(20));
      await using store = await data.open();
      await store.insert(userWithId("new"));
      assert.ok(await store.findById(buyer.id));
      assert.equal((await store.questions?.byEmail?.(buyer.email, 1))?.length, 1);
      await store.describe();
      assert.deepEqual(
        filesOf(data).filter((file) => /orders|inventory/.test(file)),
        [],
      );
      assert.equal(await store.questions?.ordersOfUser?.(buyer.id), 0);
      assert.equal(await store.questions?.order?.(orderOf("item")), "unknown");
    });

  test("linear: an order counts for the next one at every level", async () => {
    for (const durability of ["none", "process", "power"] as const) {
      using data = await prepareData(approaches.linear, someUsers(20));
      await writeShop(approaches.linear, data.options, { orders: [], left: { item: 3 } });
      const open = await approaches.linear.load();
      await using store = await open({ ...data.options, durability });
      const outcomes = await Promise.all(
        Array.from({ length: 9 }, (_, number) => store.questions?.order?.(orderOf("item", number))),
      );
      assert.equal(outcomes.filter((outcome) => outcome === "ordered").length, 3, durability);
    }
  });

  test("linear: an inventory that is none is told, and looked at again with the next order", async () => {
    using data = await prepareData(approaches.linear, someUsers(20));
    await using store = await data.open();
    const file = join(data.options.dataDir, "inventory.json");
    const order = async () => store.questions?.order?.(orderOf("item"));
    writeFileSync(file, "[]");
    await assert.rejects(order(), /inventory\.json: expected a JSON object/);
    writeFileSync(file, '{"item":1}');
    assert.equal(await order(), "ordered");
    assert.equal(await order(), "sold out");
  });
});

describe("orders in SQLite", () => {
  test("have the settings of the users' database", () => {
    for (const [synchronous, level] of [
      ["off", 0],
      ["normal", 1],
      ["full", 2],
    ] as const)
      for (const journalMode of ["wal", "delete"] as const) {
        using folder = createFolder();
        using db = new DatabaseSync(folder.inFolder("users.db"));
        db.exec("CREATE TABLE users (id TEXT PRIMARY KEY)");
        const { ordersOfUser } = attachOrders(db, folder.path, { ...SQLITE, journalMode, synchronous });
        assert.equal(ordersOfUser("nobody"), null);
        assert.equal(readOne(db, "PRAGMA shop.synchronous"), level);
        assert.equal(readOne(db, "PRAGMA shop.journal_mode"), journalMode);
      }
  });

  test("wait for another's lock as users do, are refused, and are taken when it is gone", async () => {
    using data = await prepareData(approaches.sqlite, someUsers(20));
    await writeShop(approaches.sqlite, data.options, { orders: [], left: { item: 3 } });
    await using store = await data.open();
    const order = async () => store.questions?.order?.(orderOf("item"));
    {
      using other = new DatabaseSync(join(data.options.dataDir, "orders.db"));
      other.exec("BEGIN EXCLUSIVE");
      await assert.rejects(order(), StoreUnavailable);
      // Users are in another file, which nobody has locked.
      assert.equal(await store.insert(userWithId("meanwhile")), "inserted");
    }
    assert.equal(await order(), "ordered");
  });

  test("lock users.db for nobody, whatever the journal", async () => {
    for (const journalMode of ["wal", "delete"] as const) {
      using data = await prepareData(approaches.sqlite, someUsers(20));
      await writeShop(approaches.sqlite, data.options, { orders: [], left: { item: 3 } });
      const open = await approaches.sqlite.load();
      await using store = await open({ ...data.options, sqlite: { ...SQLITE, journalMode } });
      using other = new DatabaseSync(join(data.options.dataDir, "users.db"));
      other.exec("BEGIN IMMEDIATE");
      assert.equal(await store.questions?.order?.(orderOf("item")), "ordered", journalMode);
      assert.throws(() => store.insert(userWithId("meanwhile")), StoreUnavailable);
    }
  });

  test("are those of orders.db, whatever tables users.db has", async () => {
    using data = await prepareData(approaches.sqlite, someUsers(20));
    const shop = { orders: [orderOf("item")], left: { item: 3 } };
    await writeShop(approaches.sqlite, data.options, shop);
    renameSync(join(data.options.dataDir, "orders.db"), join(data.options.dataDir, "moved.db"));
    using users = new DatabaseSync(join(data.options.dataDir, "users.db"));
    users.prepare("ATTACH ? AS moved").run(join(data.options.dataDir, "moved.db"));
    for (const table of ["orders", "inventory"])
      users.exec(`CREATE TABLE main.${table} AS SELECT * FROM moved.${table}`);
    await using store = await data.open();
    assert.equal(await store.questions?.ordersOfUser?.(buyer.id), 0);
    assert.equal(await store.questions?.order?.(orderOf("item", 1)), "unknown");
  });
});

describe("orders in PostgreSQL", () => {
  test("are asked for while somebody else writes some", async () => {
    await using server = await startTestServer();
    using data = await prepareData(approaches.postgres, someUsers(20), server);
    await writeShop(approaches.postgres, data.options, { orders: [orderOf("item")], left: { item: 3 } });
    const url = data.options.databaseUrl as string;
    await runSql(url, (sql) => sql`CREATE INDEX orders_user ON orders (user_id)`);
    await runSql(url, (sql) =>
      sql.begin(async (writing) => {
        await writing`INSERT INTO orders ${writing(orderOf("item", 1))}`;
        await using store = await data.open();
        assert.equal(await store.questions?.ordersOfUser?.(buyer.id), 1);
        assert.equal(await store.questions?.order?.(orderOf("item", 2)), "ordered");
        return [];
      }),
    );
  });

  test("come into being once, for several services that start to sell at the same time", async () => {
    await using server = await startTestServer();
    using data = await prepareData(approaches.postgres, someUsers(20), server);
    const stores = await Promise.all(Array.from({ length: 4 }, () => data.open()));
    const asked = stores.flatMap((store) => [0, 1, 2].map(() => store.questions?.ordersOfUser?.(buyer.id)));
    assert.deepEqual(await Promise.all(asked), Array(12).fill(0));
    for (const store of stores) await store[Symbol.asyncDispose]();
  });
});
