// Control: orders in PostgreSQL that read what is left, and then write. Each statement is right for itself; between them
// others read the same.
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { Order } from "../../services/storage/order.ts";
import { openPool } from "../../services/storage/postgres-pool.ts";
import type { OrderOutcome } from "../../services/storage/questions.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const row = approaches.postgres;

const open: OpenStore = async (options) => {
  const store = await (await row.load())(options);
  const pool = openPool(options.databaseUrl, options.durability, options.log);
  async function order({ id, user_id, item_id, created_at }: Order): Promise<OrderOutcome> {
    const [item] = await pool.sql`SELECT amount_left FROM inventory WHERE item_id = ${item_id}`;
    if (Number(item?.amount_left ?? 0) <= 0) return "sold out";
    await pool.sql`INSERT INTO orders (id, user_id, item_id, created_at)
      VALUES (${id}, ${user_id}, ${item_id}, ${created_at})`;
    await pool.sql`UPDATE inventory SET amount_left = amount_left - 1 WHERE item_id = ${item_id}`;
    return "ordered";
  }
  return {
    ...store,
    questions: { ...store.questions, order },
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
};

export const approach: Approach = {
  ...row,
  summary: "PostgreSQL with orders, what is left read first and written afterwards",
  load: async () => open,
};
