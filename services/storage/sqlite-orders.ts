// Orders and inventory in SQL, in a database beside users.db that is attached to its connection. So users.db is what it was.
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { OrderQuestions } from "./questions.ts";
import { createOrders } from "./sql-orders.ts";
import { readOne } from "./sqlite-connection.ts";
import { NEWEST, readCount, startPreparing } from "./sqlite-questions.ts";
import { runTransaction } from "./sqlite-transaction.ts";
import type { SqliteSettings } from "./user-store.ts";

/** The file's name in the folder of users.db. */
export const ORDERS_DATABASE = "orders.db";

/**
 * Attaches orders.db with the settings of the connection, and creates what is missing of it.
 * @throws Error when another process's lock is in the way, as where two make the file at one moment; nothing is attached then
 */
export function attachOrders(db: DatabaseSync, folder: string, settings: SqliteSettings): OrderQuestions {
  const { journalMode, synchronous, busyTimeoutMs } = settings;
  db.prepare("ATTACH ? AS shop").run(join(folder, ORDERS_DATABASE));
  try {
    const found = readOne(db, `PRAGMA shop.journal_mode = ${journalMode}`);
    if (found !== journalMode)
      throw new Error(`${ORDERS_DATABASE}: journal_mode is ${found}; expected ${journalMode}`);
    db.exec(`PRAGMA shop.synchronous = ${synchronous}`);
    db.exec(createOrders("shop."));
  } catch (error) {
    db.exec("DETACH shop");
    throw error;
  }
  return askOrders(db, busyTimeoutMs);
}

function askOrders(db: DatabaseSync, busyTimeoutMs: number): OrderQuestions {
  const prepareOnce = startPreparing(db);
  const has = (table: string, column: string, id: string): boolean =>
    prepareOnce(`SELECT 1 FROM ${table} WHERE ${column} = ?`).get(id) !== undefined;
  return {
    ordersOfUser: (userId) => {
      const count = readCount(prepareOnce("SELECT count(*) FROM shop.orders WHERE user_id = ?").get(userId));
      return count > 0 || has("users", "id", userId) ? count : null;
    },
    ordersByUser: (limit) =>
      prepareOnce(
        `SELECT id, name, (SELECT count(*) FROM shop.orders WHERE user_id = users.id) FROM users ${NEWEST}`,
      )
        .all(limit)
        .map((row) => {
          const [id, name, orders] = row as unknown as [string, string, number];
          return { id, name, orders };
        }),
    // It begins with the write, and so waits for its lock before it has read anything; users.db is read only, and locked for nobody.
    order: ({ id, user_id, item_id, created_at }) =>
      runTransaction(
        db,
        busyTimeoutMs,
        () => {
          const take = prepareOnce(`UPDATE shop.inventory SET amount_left = amount_left - 1
            WHERE item_id = ? AND amount_left > 0 AND EXISTS (SELECT 1 FROM users WHERE id = ?)`);
          if (take.run(item_id, user_id).changes === 0)
            return has("users", "id", user_id) && has("shop.inventory", "item_id", item_id)
              ? "sold out"
              : "unknown";
          const insert = "INSERT INTO shop.orders (id, user_id, item_id, created_at) VALUES (?, ?, ?, ?)";
          prepareOnce(insert).run(id, user_id, item_id, created_at);
          return "ordered";
        },
        "BEGIN",
      ),
  };
}
