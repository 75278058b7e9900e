// The tables of orders and inventory, in SQLite and in PostgreSQL.

/** Returns the statements that create what is missing of them.
 * @param schema that they are in, with a point behind it; nothing where there is one schema only */
export function createOrders(schema: "" | `${string}.` = ""): string {
  return `
CREATE TABLE IF NOT EXISTS ${schema}orders (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS ${schema}inventory (item_id TEXT PRIMARY KEY, amount_left BIGINT NOT NULL);
CREATE INDEX IF NOT EXISTS ${schema}orders_user ON orders (user_id);`;
}
