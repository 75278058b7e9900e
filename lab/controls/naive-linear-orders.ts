// Control: orders in a file without a queue. Each counts what is left, looks for its user, and then appends; others count meanwhile.
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { countOrdersOf } from "../../services/storage/jsonl-orders.ts";
import { type Order, readInventory } from "../../services/storage/order.ts";
import { openOrdersLog } from "../../services/storage/orders-log.ts";
import type { OrderOutcome } from "../../services/storage/questions.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const row = approaches.linear;

const open: OpenStore = async (options) => {
  const store = await (await row.load())(options);
  const file = join(options.dataDir, "orders.jsonl");
  const ordersLog = await openOrdersLog({ ...options, file });
  const stocks = readInventory(join(options.dataDir, "inventory.json"));
  async function order(placed: Order): Promise<OrderOutcome> {
    const stock = stocks.get(placed.item_id) ?? 0;
    if ((await countOrdersOf(file, placed.item_id)) >= stock) return "sold out";
    if ((await store.findById(placed.user_id)) === null) return "unknown";
    await ordersLog.append(placed);
    return "ordered";
  }
  return { ...store, questions: { ...store.questions, order } };
};

export const approach: Approach = {
  ...row,
  summary: "linear scan with orders, read and then written by all at once",
  load: async () => open,
};
