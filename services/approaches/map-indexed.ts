// Map with hand-made indexes: a second map by email, ordered lists by time of creation, and counts of orders. Each question
// has a structure of its own, which every write has to keep right, and every start has to build.
//
//   read         one look-up, or a binary search and a slice of neighbours: a count since a time is one search, where a
//                database walks over all that it counts
//   write        one appended line, then every structure
//   order        taken from the count in memory, then one appended line that is both the order and its piece
//   start        all records parsed, sorted once, and every order counted
//   memory       the map's, and more than half as much again for emails, lists and counts (measured: docs/QUESTIONS.md)
//   durability   the process, as the map
//   breaks on    what the map breaks on; and a second process would sell the last piece again
import { join } from "node:path";
import { fileBytes } from "../storage/file-bytes.ts";
import { insertEach } from "../storage/jsonl-append.ts";
import { openAppender } from "../storage/jsonl-appender.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import { readUserLines, readUsers } from "../storage/jsonl-users.ts";
import { type Order, parseOrder, readInventory } from "../storage/order.ts";
import { openOrdersLog } from "../storage/orders-log.ts";
import type { OrderOutcome } from "../storage/questions.ts";
import type { User } from "../storage/user.ts";
import { indexUsers } from "../storage/user-indexes.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openMapIndexed: OpenStore = async ({ dataDir, durability, log }) => {
  const [file, ordersFile] = [join(dataDir, "users.jsonl"), join(dataDir, "orders.jsonl")];
  await repairTail(file, log);
  const ordersLog = await openOrdersLog({ file: ordersFile, durability, log });

  const startedMs = performance.now();
  const users = await readUsers(file);
  const indexes = indexUsers(users.values());
  const amountsLeft = readInventory(join(dataDir, "inventory.json"));
  const orderCounts = new Map<string, number>();
  const take = (item: string) => amountsLeft.set(item, (amountsLeft.get(item) ?? 0) - 1);
  const count = (user: string) => orderCounts.set(user, countOf(user) + 1);
  const countOf = (user: string) => orderCounts.get(user) ?? 0;
  await readUserLines(ordersFile, (text) => {
    const { user_id, item_id } = parseOrder(text);
    take(item_id);
    count(user_id);
  });
  const loadSeconds = (performance.now() - startedMs) / 1000;
  const recordsAtStart = users.size;

  const onAppended = (user: User) => {
    if (users.has(user.id)) return;
    users.set(user.id, user);
    indexes.add(user);
  };
  const appender = await openAppender({ file, durability, log, onAppended });

  async function order(placed: Order): Promise<OrderOutcome> {
    const amountLeft = amountsLeft.get(placed.item_id);
    if (amountLeft === undefined || !users.has(placed.user_id)) return "unknown";
    if (amountLeft <= 0) return "sold out";
    // Before the line is written: others order meanwhile. Should the append fail, the piece stays taken until a start
    // counts the lines again, for nobody knows whether this one is there.
    take(placed.item_id);
    await ordersLog.append(placed);
    count(placed.user_id);
    return "ordered";
  }

  return {
    findById: (id) => users.get(id) ?? null,

    insert: appender.append,
    insertMany: insertEach(appender.append),
    questions: {
      ...indexes.questions,
      ordersOfUser: (id) => (users.has(id) ? countOf(id) : null),
      ordersByUser: (limit) =>
        indexes.listNewest(limit).map(({ id, name }) => ({ id, name, orders: countOf(id) })),
      order,
    },
    check: () => {},
    describe: () => ({
      recordsAtStart,
      dataBytes: fileBytes(file) + fileBytes(ordersFile),
      ...appender.describe(),
    }),
    figures: () => [
      { name: "map_load_seconds", help: "Time it took to load the files at start.", value: loadSeconds },
      { name: "map_users", help: "Users in the map.", value: users.size },
    ],
    async [Symbol.asyncDispose]() {
      await appender[Symbol.asyncDispose]();
      await ordersLog[Symbol.asyncDispose]();
      users.clear();
    },
  };
};
