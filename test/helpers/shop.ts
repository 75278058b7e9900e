// Orders and an inventory for a test's store, written here and not by the lab's tools.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Approach } from "../../services/approaches/approach.ts";
import type { Order } from "../../services/storage/order.ts";
import type { StoreOptions } from "../../services/storage/user-store.ts";
import { runSql } from "./postgres.ts";

export interface Shop {
  readonly orders: readonly Order[];
  /** How many pieces of each item there are besides those that the orders have taken. */
  readonly left: Readonly<Record<string, number>>;
}

const CREATE_TABLES =
  "CREATE TABLE orders (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, item_id TEXT NOT NULL, created_at TEXT NOT NULL);" +
  "CREATE TABLE inventory (item_id TEXT PRIMARY KEY, amount_left BIGINT NOT NULL);";

/** Puts a shop beside the users of a store that is not open. */
export async function writeShop({ needs }: Approach, options: StoreOptions, shop: Shop): Promise<void> {
  if (needs.includes("users.jsonl")) writeFiles(options.dataDir, shop);
  if (needs.includes("users.db")) writeSqlite(join(options.dataDir, "orders.db"), shop);
  if (needs.includes("database")) await writePostgres(options.databaseUrl ?? "", shop);
}

function writeFiles(folder: string, { orders, left }: Shop): void {
  const lines = orders.map((order) => `${JSON.stringify(order)}\n`).join("");
  writeFileSync(join(folder, "orders.jsonl"), lines);
  const stocks = Object.entries(left).map(([item, amount]) => [
    item,
    amount + orders.filter(({ item_id }) => item_id === item).length,
  ]);
  writeFileSync(join(folder, "inventory.json"), JSON.stringify(Object.fromEntries(stocks)));
}

function writeSqlite(file: string, { orders, left }: Shop): void {
  using db = new DatabaseSync(file);
  db.exec(CREATE_TABLES);
  const order = db.prepare("INSERT INTO orders VALUES (?, ?, ?, ?)");
  for (const { id, user_id, item_id, created_at } of orders) order.run(id, user_id, item_id, created_at);
  const item = db.prepare("INSERT INTO inventory VALUES (?, ?)");
  for (const [id, amount] of Object.entries(left)) item.run(id, amount);
}

async function writePostgres(url: string, { orders, left }: Shop): Promise<void> {
  await runSql(url, async (sql) => {
    await sql.unsafe(CREATE_TABLES);
    for (const order of orders) await sql`INSERT INTO orders ${sql({ ...order })}`;
    for (const [item_id, amount_left] of Object.entries(left))
      await sql`INSERT INTO inventory ${sql({ item_id, amount_left })}`;
  });
}
