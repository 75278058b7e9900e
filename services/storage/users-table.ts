/** The table of users, in SQLite and in PostgreSQL. Whoever comes first creates it. */
export const CREATE_USERS_TABLE = `CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at TEXT NOT NULL
)`;
