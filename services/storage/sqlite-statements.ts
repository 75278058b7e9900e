import type { DatabaseSync, StatementSync } from "node:sqlite";

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
