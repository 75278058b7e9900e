// Orders in a file of lines beside the users, and an inventory that never changes: what is left of an item is its stock less its
// orders, counted each time.
import { join } from "node:path";
import type { Appender } from "./jsonl-appender.ts";
import { listNewest, readRecords } from "./jsonl-questions.ts";
import { type Order, parseOrder, readInventory } from "./order.ts";
import { openOrdersLog } from "./orders-log.ts";
import type { OrderOutcome, OrderQuestions, UserOrders } from "./questions.ts";
import type { StoreOptions } from "./user-store.ts";

/**
 * Opens what takes and counts the orders of a data folder.
 * @param isUser whether there is a user with this id
 */
export async function openOrders(
  { dataDir, durability, log }: Pick<StoreOptions, "dataDir" | "durability" | "log">,
  isUser: (id: string) => Promise<boolean>,
): Promise<OrderQuestions & AsyncDisposable> {
  const [usersFile, ordersFile] = [join(dataDir, "users.jsonl"), join(dataDir, "orders.jsonl")];
  const stocks = readInventory(join(dataDir, "inventory.json"));
  // The next order counts the lines, so this one's has to be there when it is answered, at every level.
  const level = durability === "none" ? "process" : durability;
  const ordersLog = await openOrdersLog({ file: ordersFile, durability: level, log });
  const inTurn = createQueue();
  return {
    ordersOfUser: async (id) =>
      (await isUser(id)) ? countOrders(ordersFile, ({ user_id }) => user_id === id) : null,
    ordersByUser: (limit) => countByUser(usersFile, ordersFile, limit),
    order: async (order) => {
      const stock = stocks.get(order.item_id);
      if (stock === undefined || !(await isUser(order.user_id))) return "unknown";
      return inTurn(() => takePiece(ordersFile, ordersLog, order, stock));
    },
    [Symbol.asyncDispose]: () => ordersLog[Symbol.asyncDispose](),
  };
}

async function takePiece(
  ordersFile: string,
  ordersLog: Appender<Order>,
  order: Order,
  stock: number,
): Promise<OrderOutcome> {
  if ((await countOrdersOf(ordersFile, order.item_id)) >= stock) return "sold out";
  await ordersLog.append(order);
  return "ordered";
}

/** Counts the orders of an item. */
export function countOrdersOf(ordersFile: string, itemId: string): Promise<number> {
  return countOrders(ordersFile, ({ item_id }) => item_id === itemId);
}

async function countOrders(ordersFile: string, isWanted: (order: Order) => boolean): Promise<number> {
  let count = 0;
  for await (const order of readRecords(ordersFile, parseOrder)) if (isWanted(order)) count++;
  return count;
}

/** Lists the newest users with their numbers of orders: one pass over each file. */
async function countByUser(usersFile: string, ordersFile: string, limit: number): Promise<UserOrders[]> {
  const users = await listNewest(usersFile, limit, () => true);
  const counts = new Map(users.map(({ id }) => [id, 0]));
  for await (const { user_id } of readRecords(ordersFile, parseOrder)) {
    const count = counts.get(user_id);
    if (count !== undefined) counts.set(user_id, count + 1);
  }
  return users.map(({ id, name }) => ({ id, name, orders: counts.get(id) ?? 0 }));
}

/** Returns a function that runs what it is given when all before it have ended, well or not. */
function createQueue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(run, run);
    last = next;
    return next;
  };
}
