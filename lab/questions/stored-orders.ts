// What a store holds of an item when no service runs: read from the file or the tables themselves.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { readLines } from "../../services/storage/jsonl-lines.ts";
import { parseOrder, readInventory } from "../../services/storage/order.ts";
import { ORDERS_DATABASE } from "../../services/storage/sqlite-orders.ts";
import type { Store } from "../writers/stored-users.ts";

export interface StoredItem {
  /** Ids of all orders of the item. */
  readonly orders: ReadonlySet<string>;
  /** As the store's own record has it. Flat files have none: what is left is the stock less the orders. */
  readonly amountLeft: number;
}

const ORDERS = "SELECT id FROM orders WHERE item_id = ";
const LEFT = "SELECT amount_left FROM inventory WHERE item_id = ";

/** @throws Error when the store has no such item, or cannot be read */
export async function readStoredItem(
  { needs, dataDir, databaseUrl }: Store,
  item: string,
): Promise<StoredItem> {
  if (needs.includes("users.jsonl")) return readFiles(dataDir, item);
  if (needs.includes("users.db")) return readSqlite(join(dataDir, ORDERS_DATABASE), item);
  if (databaseUrl === undefined) throw new Error("no database to read the orders from");
  return readPostgres(databaseUrl, item);
}

async function readFiles(folder: string, item: string): Promise<StoredItem> {
  const orders = new Set<string>();
  for await (const { text, isTerminated } of readLines(join(folder, "orders.jsonl"))) {
    if (!isTerminated) continue;
    const order = parseOrder(text);
    if (order.item_id === item) orders.add(order.id);
  }
  return {
    orders,
    amountLeft: asAmount(readInventory(join(folder, "inventory.json")).get(item)) - orders.size,
  };
}

function readSqlite(file: string, item: string): StoredItem {
  using db = new DatabaseSync(file);
  const ids = db.prepare(`${ORDERS}?`).all(item) as { id: string }[];
  const left = db.prepare(`${LEFT}?`).get(item) as { amount_left: number } | undefined;
  return { orders: new Set(ids.map(({ id }) => id)), amountLeft: asAmount(left?.amount_left) };
}

async function readPostgres(url: string, item: string): Promise<StoredItem> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const { rows: orders } = await client.query<{ id: string }>(`${ORDERS}$1`, [item]);
    const { rows: left } = await client.query<{ amount_left: string }>(`${LEFT}$1`, [item]);
    return { orders: new Set(orders.map(({ id }) => id)), amountLeft: asAmount(left[0]?.amount_left) };
  } finally {
    await client.end();
  }
}

function asAmount(found: unknown): number {
  if (found === undefined) throw new Error("the store has no such item");
  return Number(found);
}
