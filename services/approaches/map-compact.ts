// Map, compact: the same idea, kept as bytes. The file's lines stay in memory as they were read, a table of numbers says where
// the line of an id begins, and only the line that is asked for is parsed.
//
//   read         a hash of the id's bytes, one or two lines compared, one line parsed: more work than a Map.get, and
//                little beside the request
//   write        as the map's: one appended line, then the table
//   start        all bytes looked at, nothing parsed that is written as usual
//   memory       the file, and 4 bytes for each slot of the table, which is filled to three fifths at most. Outside of the heap:
//                no option of V8's limits it, and the garbage collector has nothing to look through
//   durability   the process, as the map's; DURABILITY has other levels
//   breaks on    the same as the map, later: 4 GiB of lines are its end
import { join } from "node:path";
import { readCompactUsers } from "../storage/compact-users.ts";
import { fileBytes } from "../storage/file-bytes.ts";
import { insertEach } from "../storage/jsonl-append.ts";
import { openAppender } from "../storage/jsonl-appender.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openMapCompact: OpenStore = async ({ dataDir, durability, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);

  const startedMs = performance.now();
  const users = await readCompactUsers(file);
  const loadSeconds = (performance.now() - startedMs) / 1000;
  const recordsAtStart = users.count();
  const appender = await openAppender({ file, durability, log, onAppended: users.add });

  return {
    findById: users.get,
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
      { name: "map_users", help: "Users in the map.", value: users.count() },
      { name: "map_compact_bytes", help: "Memory of the lines and of their table.", value: users.bytes() },
    ],
    [Symbol.asyncDispose]: () => appender[Symbol.asyncDispose](),
  };
};
