// Questions other than the id, asked of users.db in SQL. With an index it is a descent and a walk, without one a scan of the
// table; the statements are the same.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { UserQuestions } from "./questions.ts";
import { SQLITE_DOMAIN } from "./sql-indexes.ts";
import type { User } from "./user.ts";

const SELECT_USERS = "SELECT id, name, email, created_at FROM users";
/** How lists are ordered and cut. */
export const NEWEST = "ORDER BY created_at DESC, id DESC LIMIT ?";

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

/** Returns a function that prepares each statement when it is first run, its rows as arrays: a service that nobody asks pays for
 * none. */
export function startPreparing(db: DatabaseSync): (sql: string) => StatementSync {
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

/** Returns the count that is the first column of a row. */
export function readCount(row: unknown): number {
  return Number((row as [number])[0]);
}
