/** The table of users, in SQLite and in PostgreSQL. Whoever comes first creates it. */
export const CREATE_USERS_TABLE = `CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at TEXT NOT NULL
)`;

/** The same table in SQLite as one B-tree by id, the rows in it: without the rowids by which a table is ordered otherwise, and
 * which an index of the ids leads to. */
const CREATE_CLUSTERED_TABLE = `${CREATE_USERS_TABLE} WITHOUT ROWID`;

/** Returns the statement that creates SQLite's table of an approach, by its row. */
export function createTableOf({ clustered }: { readonly clustered?: boolean | undefined }): string {
  return clustered ? CREATE_CLUSTERED_TABLE : CREATE_USERS_TABLE;
}
