// Orders and inventory in SQL, in a database beside users.db that is attached to its connection when the first order, or
// question about orders, comes. So users.db is what it was, and who never orders has one file open.
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { OrderQuestions } from "./questions.ts";
import { createOrders } from "./sql-orders.ts";
import { readOne } from "./sqlite-connection.ts";
import { NEWEST } from "./sqlite-questions.ts";
import { readCount, startPreparing } from "./sqlite-statements.ts";
import { runTransaction } from "./sqlite-transaction.ts";
import type { SqliteSettings } from "./user-store.ts";

/** The file's name in the folder of users.db. */
export const ORDERS_DATABASE = "orders.db";

export function askOrders(db: DatabaseSync, folder: string, settings: SqliteSettings): OrderQuestions {
  let isAttached = false;
  const prepare = startPreparing(db);
  const prepareOnce: typeof prepare = (sql) => {
    if (!isAttached) attachOrders(db, folder, settings);
    isAttached = true;
    return prepare(sql);
  };
  const has = (table: string, column: string, id: string): boolean =>
    prepareOnce(`SELECT 1 FROM ${table} WHERE ${column} = ?`).get(id) !== undefined;
  return {
    ordersOfUser: (userId) => {
      const count = readCount(prepareOnce("SELECT count(*) FROM orders WHERE user_id = ?").get(userId));
      return count > 0 || has("users", "id", userId) ? count : null;
    },
    ordersByUser: (limit) =>
      prepareOnce(
        `SELECT id, name, (SELECT count(*) FROM orders WHERE user_id = users.id) FROM users ${NEWEST}`,
      )
        .all(limit)
        .map((row) => {
          const [id, name, orders] = row as unknown as [string, string, number];
          return { id, name, orders };
        }),
    order: ({ id, user_id, item_id, created_at }) => {
      const take = prepareOnce(
        "UPDATE inventory SET amount_left = amount_left - 1 WHERE item_id = ? AND amount_left > 0",
      );
      const insert = prepareOnce("INSERT INTO orders (id, user_id, item_id, created_at) VALUES (?, ?, ?, ?)");
      return runTransaction(db, settings.busyTimeoutMs, () => {
        if (!has("users", "id", user_id)) return "unknown";
        if (take.run(item_id).changes === 0)
          return has("inventory", "item_id", item_id) ? "sold out" : "unknown";
        insert.run(id, user_id, item_id, created_at);
        return "ordered";
      });
    },
  };
}

/** Gives the attached database the settings of the other: a commit is of one of them, and waits for what they say.
 * @throws Error when another process's lock is in the way; nothing is attached then */
function attachOrders(db: DatabaseSync, folder: string, { journalMode, synchronous }: SqliteSettings): void {
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
}
