// Map, marked: the map, whose file can take several users at once, all or none: each record of a batch says of which it
// is, the last one is the commit mark, and a reader keeps the others back until it has read that one.
//
//   read         one Map.get
//   write        as the map's; a batch is one appended line for each of its users, longer by its mark
//   durability   the process; DURABILITY has other levels. One that is killed in the middle of a batch leaves records that nobody ever sees
//   breaks on    a reader that does not know of marks: linear and map, build-index and import-jsonl see the part of a
//                batch that is there. And on a second process, as the map does
//   prefer       a database: this is the first step on the way to writing one
import { join } from "node:path";
import { fileBytes } from "../storage/file-bytes.ts";
import { openAppender } from "../storage/jsonl-appender.ts";
import { createBatchReader, insertMarked } from "../storage/jsonl-batches.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import { addUser, readUserLines } from "../storage/jsonl-users.ts";
import { parseUser, type User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openMapMarked: OpenStore = async ({ dataDir, durability, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);

  const users = new Map<string, User>();
  const readRecord = createBatchReader();
  const take = (record: User) => {
    for (const user of readRecord(record)) addUser(users, user);
  };
  await readUserLines(file, (text) => take(parseUser(text)));
  const recordsAtStart = users.size;
  const appender = await openAppender({ file, durability, log, onAppended: take });

  return {
    findById: (id) => users.get(id) ?? null,
    insert: appender.append,
    insertMany: insertMarked(appender.append),
    check: () => {},
    describe: () => ({ recordsAtStart, dataBytes: fileBytes(file), ...appender.describe() }),
    figures: () => [{ name: "map_users", help: "Users in the map.", value: users.size }],
    async [Symbol.asyncDispose]() {
      await appender[Symbol.asyncDispose]();
      users.clear();
    },
  };
};
