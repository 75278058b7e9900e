// orders.jsonl: a line for each order, which is at once the order and the piece that it takes from the inventory. A line is
// there or it is not, so no kill can separate the two.
//
// One process at a time writes it: another would count what is left for itself, and sell it again. So, other than in
// users.jsonl, a torn line at the end may be cut off.
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { type Appender, type AppenderOptions, openAppender } from "./jsonl-appender.ts";
import { keepAside } from "./jsonl-torn.ts";
import type { Order } from "./order.ts";
import { readExactly } from "./read-bytes.ts";

const NEWLINE = 0x0a;
/** Longer than any order. */
const TAIL_BYTES = 64 * 1024;

/** Opens it for appending, its end repaired. */
export async function openOrdersLog(
  options: Pick<AppenderOptions<Order>, "file" | "durability" | "log">,
): Promise<Appender<Order>> {
  await repairOrders(options.file, options.log);
  return openAppender<Order>({ ...options, repair: repairOrders });
}

/** Cuts off a line that was not written to its end, which nobody was told of. Its bytes are kept in `<file>.torn`. */
async function repairOrders(file: string, log: (line: string) => void): Promise<void> {
  if (!existsSync(file)) return;
  const fd = openSync(file, "r+");
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(0, size - TAIL_BYTES);
    const tail = readExactly(fd, start, size - start);
    const end = tail.lastIndexOf(NEWLINE) + 1;
    if (end === tail.length) return;
    if (end === 0 && start > 0) throw new Error(`${file}: its last ${TAIL_BYTES} bytes are no order`);
    const torn = { byte: start + end, bytes: tail.subarray(end) };
    keepAside(file, torn);
    ftruncateSync(fd, torn.byte);
    fsyncSync(fd);
    log(`${file}, byte ${torn.byte}: ${torn.bytes.length} bytes of a torn line moved to ${file}.torn`);
  } finally {
    closeSync(fd);
  }
}
