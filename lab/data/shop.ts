// Orders and inventory beside the users: files of lines beside a file, a database beside a database.
import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ITEMS, itemId, type SeededOrder, seededOrders, stockOf } from "../../k6/lib/shop.ts";
import { createOrders } from "../../services/storage/sql-orders.ts";
import { switchToWal } from "./import-sqlite.ts";
import type { Wanted } from "./manifest.ts";
import { syncFile } from "./replace-file.ts";
import { pauseWork, type WorkOptions } from "./work.ts";

/** The files beside users.jsonl. */
export const SHOP_FILES = ["orders.jsonl", "inventory.json"] as const;

const USERS_PER_CHUNK = 1_000;

/** Of how many users the orders are, by which seed. */
export type ShopOptions = Wanted & WorkOptions;

/** Writes the files of a folder. */
export async function writeShopFiles(folder: string, options: ShopOptions): Promise<void> {
  const fd = openSync(join(folder, "orders.jsonl"), "wx");
  try {
    for await (const orders of chunkOrders(options))
      writeSync(fd, orders.map((order) => `${JSON.stringify(order)}\n`).join(""));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  const stocks = Array.from({ length: ITEMS }, (_, item) => [itemId(item), stockOf(item)]);
  writeFileSync(join(folder, "inventory.json"), `${JSON.stringify(Object.fromEntries(stocks))}\n`, {
    flush: true,
  });
}

/** Makes a database of them. */
export async function writeShopDatabase(databaseFile: string, options: ShopOptions): Promise<void> {
  const db = new DatabaseSync(databaseFile);
  try {
    db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
    db.exec(createOrders());
    const insert = db.prepare("INSERT INTO orders (id, user_id, item_id, created_at) VALUES (?, ?, ?, ?)");
    const inventory = startInventory();
    for await (const orders of chunkOrders(options))
      for (const { id, user_id, item_id, created_at } of orders) {
        insert.run(id, user_id, item_id, created_at);
        inventory.take(item_id);
      }
    const insertItem = db.prepare("INSERT INTO inventory (item_id, amount_left) VALUES (?, ?)");
    for (const [item, amountLeft] of inventory.listLeft()) insertItem.run(item, amountLeft);
    // What a database that has been used for a while knows of itself.
    db.exec("COMMIT; ANALYZE");
    switchToWal(db);
  } finally {
    db.close();
    syncFile(databaseFile);
  }
}

/** Yields the orders of some users at a time. */
export async function* chunkOrders(options: ShopOptions): AsyncGenerator<SeededOrder[]> {
  const { size, seed } = options;
  for (let start = 0; start < size; start += USERS_PER_CHUNK) {
    const end = Math.min(start + USERS_PER_CHUNK, size);
    yield Array.from({ length: end - start }, (_, at) => seededOrders(seed, start + at)).flat();
    await pauseWork(options, end, size);
  }
}

/** Counts what is left of each item. */
export function startInventory() {
  const left = new Map(Array.from({ length: ITEMS }, (_, item) => [itemId(item), stockOf(item)]));
  return {
    take: (item: string) => void left.set(item, (left.get(item) ?? 0) - 1),
    listLeft: (): Iterable<[item: string, amountLeft: number]> => left,
  };
}
