// Map: the file is read once, at start, into a Map by id; a lookup never touches the disk again.
//
//   read         one Map.get                    start   all records parsed: grows with the data
//   write        one appended line, then the    memory  every record as an object, about twice its
//                Map, and only once the file            line (measured: docs/decisions/0004-map-loading.md)
//                has it
//   durability   the process: the line is in the page cache when POST is answered, not on the disk
//                (the lesson's; storage/jsonl-appender.ts has the other levels)
//   breaks on    data larger than memory, questions other than the id, and a second process: neither
//                sees what the other has written, although the file holds both
import { join } from "node:path";
import { fileBytes } from "../storage/file-bytes.ts";
import { insertEach } from "../storage/jsonl-append.ts";
import { openAppender } from "../storage/jsonl-appender.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import { addUser, readUsers } from "../storage/jsonl-users.ts";
import type { User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openMap: OpenStore = async ({ dataDir, durability, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);

  const startedMs = performance.now();
  const users = await readUsers(file);
  const loadSeconds = (performance.now() - startedMs) / 1000;
  const recordsAtStart = users.size;
  const onAppended = (user: User) => addUser(users, user);
  const appender = await openAppender({ file, durability, log, onAppended });

  return {
    findById: (id) => users.get(id) ?? null,

    insert: appender.append,
    insertMany: insertEach(appender.append),
    check: () => {},
    describe: () => ({
      recordsAtStart,
      dataBytes: fileBytes(file),
      ...appender.describe(),
    }),
    figures: () => [
      { name: "map_load_seconds", help: "Time it took to load the file at start.", value: loadSeconds },
      { name: "map_users", help: "Users in the map.", value: users.size },
    ],
    async [Symbol.asyncDispose]() {
      await appender[Symbol.asyncDispose]();
      users.clear();
    },
  };
};
