// Questions other than the id, asked of users.db in SQL. With an index it is a descent and a walk, without one a scan of the
// table; the statements are the same.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Questions, UserQuestions } from "./questions.ts";
import { SQLITE_DOMAIN } from "./shop-tables.ts";
import { runTransaction } from "./sqlite-transaction.ts";
import type { User } from "./user.ts";

const SELECT_USERS = "SELECT id, name, email, created_at FROM users";
const NEWEST = "ORDER BY created_at DESC, id DESC LIMIT ?";

export function askUsers(db: DatabaseSync): UserQuestions {
  const prepareOnce = startPreparing(db);
  const list = (condition: string, value: string, limit: number): User[] =>
    prepareOnce(`${SELECT_USERS} WHERE ${condition} ${NEWEST}`)
      .all(value, limit)
      .map((row) => {
        const [id, name, email, created_at] = row as unknown as [string, string, string, string];
        return { id, name, email, created_at };
      });
  return {
    byEmail: (email, limit) => list("email = ?", email, limit),
    byDomain: (domain, limit) => list(`${SQLITE_DOMAIN} = ?`, domain, limit),
    since: (time, limit) => list("created_at >= ?", time, limit),
    countSince: (time) =>
      readCount(prepareOnce("SELECT count(*) FROM users WHERE created_at >= ?").get(time)),
  };
}

/** Needs the tables of orders. */
export function askAll(db: DatabaseSync, busyTimeoutMs: number): Questions {
  const prepareOnce = startPreparing(db);
  const has = (table: string, column: string, id: string): boolean =>
    prepareOnce(`SELECT 1 FROM ${table} WHERE ${column} = ?`).get(id) !== undefined;
  return {
    ...askUsers(db),
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
    order: ({ id, user_id, item_id, created_at }) =>
      runTransaction(db, busyTimeoutMs, () => {
        if (!has("users", "id", user_id)) return "unknown";
        const take =
          "UPDATE inventory SET amount_left = amount_left - 1 WHERE item_id = ? AND amount_left > 0";
        if (prepareOnce(take).run(item_id).changes === 0)
          return has("inventory", "item_id", item_id) ? "sold out" : "unknown";
        const insert = "INSERT INTO orders (id, user_id, item_id, created_at) VALUES (?, ?, ?, ?)";
        prepareOnce(insert).run(id, user_id, item_id, created_at);
        return "ordered";
      }),
  };
}

/** Returns a function that prepares each statement when it is first run: a service that nobody asks pays for none. */
function startPreparing(db: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      statement.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  };
}

const readCount = (row: unknown): number => Number((row as [number])[0]);
