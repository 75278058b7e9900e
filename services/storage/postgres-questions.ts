// Questions other than the id, asked of PostgreSQL. The statements are prepared by the driver, for each connection once.
import type postgres from "postgres";
import type { OrderOutcome, Questions, UserOrders, UserQuestions } from "./questions.ts";
import { POSTGRES_DOMAIN } from "./shop-tables.ts";
import type { User } from "./user.ts";

/** @param getSql returns the pool as it is now */
export function askUsers(getSql: () => postgres.Sql): UserQuestions {
  const list = async (condition: string, value: string, limit: number): Promise<User[]> =>
    getSql().unsafe<User[]>(
      `SELECT id, name, email, created_at FROM users WHERE ${condition} ${NEWEST} LIMIT $2`,
      [value, limit],
      PREPARED,
    );
  return {
    byEmail: (email, limit) => list("email = $1", email, limit),
    byDomain: (domain, limit) => list(`${POSTGRES_DOMAIN} = $1`, domain, limit),
    since: (time, limit) => list('created_at COLLATE "C" >= $1', time, limit),
    async countSince(time) {
      const [row] = await getSql()<[{ count: string }]>`
        SELECT count(*) FROM users WHERE created_at COLLATE "C" >= ${time}`;
      return Number(row.count);
    },
  };
}

const NEWEST = 'ORDER BY created_at COLLATE "C" DESC, id COLLATE "C" DESC';
const PREPARED = { prepare: true };

/** Needs the tables of orders. */
export function askAll(getSql: () => postgres.Sql): Questions {
  return {
    ...askUsers(getSql),
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
