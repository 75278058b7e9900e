// Linear scan: the file is the only state. Every read goes through it from the start until it finds the id.
//
//   read         opens the file and parses line by line: half the file on average, all of it for a miss
//   write        one appended line, whatever the size
//   order        all orders of the item are counted, then one line appended; one order at a time, lest two find the same
//                last piece. An order by an unknown user costs a scan for nobody
//   memory       one buffer of the stream, whatever the size
//   durability   the process: the line is in the page cache when POST is answered, not on the disk
//                (the lesson's; storage/jsonl-appender.ts has the other levels)
//   breaks on    a second process that takes orders: nobody keeps it from appending between this one's count and its line
//   prefer       it for small files and rare reads; and it sees at once what another process has appended
import { accessSync, constants, createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileBytes } from "../storage/file-bytes.ts";
import { insertEach } from "../storage/jsonl-append.ts";
import { openAppender } from "../storage/jsonl-appender.ts";
import { findCarefully } from "../storage/jsonl-careful.ts";
import { countRecords } from "../storage/jsonl-count.ts";
import { scanUsers } from "../storage/jsonl-questions.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import { askLater } from "../storage/questions.ts";
import { asUser, parseRecord, type User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openLinear: OpenStore = async ({ dataDir, durability, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);
  const bytesAtStart = fileBytes(file);
  const appender = await openAppender({ file, durability, log });
  const opened = new AsyncDisposableStack();
  opened.use(appender);
  const isUser = async (id: string) => (await scan(file, id)) !== null;
  const openOrdersLater = async () => {
    const { openOrders } = await import("../storage/jsonl-orders.ts");
    return opened.use(await openOrders({ dataDir, durability, log }, isUser));
  };

  return {
    findById: (id) => scan(file, id),

    insert: appender.append,
    insertMany: insertEach(appender.append),
    questions: { ...scanUsers(file), ...askLater(openOrdersLater) },
    check: () => {
      if (existsSync(file)) accessSync(file, constants.R_OK);
    },
    describe: async () => ({
      recordsAtStart: await countRecords(file, 0, bytesAtStart),
      dataBytes: fileBytes(file) + fileBytes(join(dataDir, "orders.jsonl")),
      ...appender.describe(),
    }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};

async function scan(file: string, id: string): Promise<User | null> {
  const input = createReadStream(file, { encoding: "utf8" });
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (text.trim() === "") continue;
      const record = parseRecord(text);
      if (record.id === id) return asUser(record);
    }
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    // Readline ends a line at U+2028 and U+2029 too, which JSON allows in the middle of a string; and there are other reasons.
    if (error instanceof SyntaxError) return findCarefully(file, id);
    throw error;
  } finally {
    input.destroy();
  }
}
