// Linear scan with orders: a second file beside the users, and questions that read both.
//
//   read         all of users.jsonl, all of orders.jsonl, or both; a join is a pass over each
//   order        all orders of the item are counted, then one line appended; one order at a time, lest two find the same
//                last piece. An order by an unknown user costs a scan for nobody
//   memory       one buffer of the stream, and the page that is answered
//   durability   the process, as linear
//   breaks on    a second process: nobody keeps it from appending between this one's count and its line
import { join } from "node:path";
import { fileBytes } from "../storage/file-bytes.ts";
import { scanOrdersByUser, scanOrdersFor, scanOrdersOf } from "../storage/jsonl-questions.ts";
import { readInventory } from "../storage/order.ts";
import { openOrdersLog } from "../storage/orders-log.ts";
import type { OrderOutcome } from "../storage/questions.ts";
import type { OpenStore } from "../storage/user-store.ts";
import { openLinear } from "./linear.ts";

export const openLinearOrders: OpenStore = async (options) => {
  const { dataDir } = options;
  const [usersFile, ordersFile] = [join(dataDir, "users.jsonl"), join(dataDir, "orders.jsonl")];
  const store = await openLinear(options);
  const ordersLog = await openOrdersLog({ ...options, file: ordersFile });
  const stocks = readInventory(join(dataDir, "inventory.json"));
  const inTurn = createQueue();
  const isUser = async (id: string) => (await store.findById(id)) !== null;

  return {
    ...store,
    questions: {
      ...store.questions,
      ordersOfUser: async (id) => ((await isUser(id)) ? scanOrdersOf(ordersFile, id) : null),
      ordersByUser: (limit) => scanOrdersByUser(usersFile, ordersFile, limit),
      order: async (order): Promise<OrderOutcome> => {
        const stock = stocks.get(order.item_id);
        if (stock === undefined || !(await isUser(order.user_id))) return "unknown";
        return inTurn(async () => {
          if ((await scanOrdersFor(ordersFile, order.item_id)) >= stock) return "sold out";
          await ordersLog.append(order);
          return "ordered";
        });
      },
    },
    describe: async () => {
      const description = await store.describe();
      return { ...description, dataBytes: description.dataBytes + fileBytes(ordersFile) };
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await ordersLog[Symbol.asyncDispose]();
    },
  };
};

/** Returns a function that runs what it is given when all before it have ended, well or not. */
function createQueue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(run, run);
    last = next;
    return next;
  };
}
