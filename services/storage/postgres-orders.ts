// Orders and inventory in PostgreSQL, in two tables beside the users.
import type postgres from "postgres";
import { NEWEST, PREPARED } from "./postgres-questions.ts";
import { createMissing } from "./postgres-schema.ts";
import type { OrderOutcome, OrderQuestions, UserOrders } from "./questions.ts";
import { createOrders } from "./sql-orders.ts";

/**
 * Creates what is missing of the tables, and asks them.
 * @param getSql returns the pool as it is now
 */
export async function openOrders(getSql: () => postgres.Sql): Promise<OrderQuestions> {
  // Not by IF NOT EXISTS alone: even where there is nothing to create it waits for all who write.
  const [found] = await getSql()<[{ are_there: boolean }]>`
    SELECT to_regclass('inventory') IS NOT NULL AND to_regclass('orders_user') IS NOT NULL AS are_there`;
  if (!found.are_there) await createMissing(getSql(), createOrders());
  return {
    async ordersOfUser(userId) {
      if (userId.includes("\0")) return null;
      const [row] = await getSql()<[{ count: string; is_user: boolean }]>`
        SELECT (SELECT count(*) FROM orders WHERE user_id = ${userId}) AS count,
          EXISTS (SELECT FROM users WHERE id = ${userId}) AS is_user`;
      return row.is_user ? Number(row.count) : null;
    },
    async ordersByUser(limit) {
      const rows = await getSql().unsafe<(Omit<UserOrders, "orders"> & { orders: string })[]>(
        `SELECT id, name, (SELECT count(*) FROM orders WHERE user_id = users.id) AS orders
         FROM users ${NEWEST} LIMIT $1`,
        [limit],
        PREPARED,
      );
      return rows.map((row) => ({ ...row, orders: Number(row.orders) }));
    },
    // One statement, so one transaction. Who waits for another's lock on the row looks at `amount_left` again when it is
    // free (read committed), so nobody takes what is not there.
    async order({ id, user_id, item_id, created_at }): Promise<OrderOutcome> {
      const [row] = await getSql()<[{ outcome: OrderOutcome }]>`
        WITH taken AS (
          UPDATE inventory SET amount_left = amount_left - 1
          WHERE item_id = ${item_id} AND amount_left > 0 AND EXISTS (SELECT FROM users WHERE id = ${user_id})
          RETURNING item_id
        ), inserted AS (
          INSERT INTO orders (id, user_id, item_id, created_at)
          SELECT ${id}, ${user_id}, item_id, ${created_at} FROM taken
          RETURNING id
        )
        SELECT CASE
          WHEN EXISTS (SELECT FROM inserted) THEN 'ordered'
          WHEN EXISTS (SELECT FROM users WHERE id = ${user_id})
            AND EXISTS (SELECT FROM inventory WHERE item_id = ${item_id}) THEN 'sold out'
          ELSE 'unknown' END AS outcome`;
      return row.outcome;
    },
  };
}
