// The tables and indexes of orders and inventory, in SQLite and in PostgreSQL, and those that find users by more than their
// ids. Each index ends with what its list is ordered by, so that the newest are read off its end.
const CREATE_TABLES = `
CREATE TABLE IF NOT EXISTS orders (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS inventory (item_id TEXT PRIMARY KEY, amount_left BIGINT NOT NULL);
CREATE INDEX IF NOT EXISTS orders_user ON orders (user_id);`;

/** What stands behind the first @ of the email, or all of it where there is none. */
export const SQLITE_DOMAIN = "substr(email, instr(email, '@') + 1)";
export const POSTGRES_DOMAIN = "substring(email FROM position('@' IN email) + 1)";

export const CREATE_SQLITE_SHOP = `${CREATE_TABLES}
CREATE INDEX IF NOT EXISTS users_email ON users (email, created_at, id);
CREATE INDEX IF NOT EXISTS users_domain ON users (${SQLITE_DOMAIN}, created_at, id);
CREATE INDEX IF NOT EXISTS users_created ON users (created_at, id);`;

/** Text is compared by its bytes, as everywhere here, whatever the database's own language. */
export const CREATE_POSTGRES_SHOP = `${CREATE_TABLES}
CREATE INDEX IF NOT EXISTS users_email ON users (email, created_at COLLATE "C", id COLLATE "C");
CREATE INDEX IF NOT EXISTS users_domain ON users ((${POSTGRES_DOMAIN}), created_at COLLATE "C", id COLLATE "C");
CREATE INDEX IF NOT EXISTS users_created ON users (created_at COLLATE "C", id COLLATE "C");`;

/** All tables of a database with orders. */
export const SHOP_TABLES = ["users", "orders", "inventory"] as const;
