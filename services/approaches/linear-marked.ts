// Linear scan, marked: the scan over a file that can take several users at once, all or none. Each record of a batch says of
// which it is, the last one is the commit mark, and a scan keeps the others back until it meets that one. It begins anew
// with each read, so another process never sees a part of a batch either, also while it is being written.
//
//   read         the whole file up to the user; of a batch, up to its mark
//   write        as the linear scan's; a batch is one appended line for each of its users, longer by its mark
//   memory       one buffer of the stream, and what is held back
//   durability   the process. One that is killed in the middle of a batch leaves records that nobody ever sees
//   prefer       a database: this is the first step on the way to writing one
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { damagedLine } from "../storage/faults.ts";
import { fileBytes } from "../storage/file-bytes.ts";
import { APPEND_SETTINGS, createAppender } from "../storage/jsonl-append.ts";
import { createBatchReader, insertMarked } from "../storage/jsonl-batches.ts";
import { readLines } from "../storage/jsonl-lines.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import { isBlank } from "../storage/jsonl-users.ts";
import { parseUser, type User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openLinearMarked: OpenStore = async ({ dataDir, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);
  const bytesAtStart = fileBytes(file);
  const append = createAppender(file, log);

  return {
    async findById(id) {
      for await (const user of readVisible(file, Number.POSITIVE_INFINITY)) if (user.id === id) return user;
      return null;
    },
    insert: append,
    insertMany: insertMarked(append),
    check: () => {
      if (existsSync(file)) accessSync(file, constants.R_OK);
    },
    async describe() {
      let recordsAtStart = 0;
      for await (const _user of readVisible(file, bytesAtStart)) recordsAtStart++;
      return { recordsAtStart, dataBytes: fileBytes(file), settings: APPEND_SETTINGS };
    },
    async [Symbol.asyncDispose]() {},
  };
};

/** Yields the users of the lines that begin before a byte, as they can be seen. Half a line at the end is none: another
 * process is still writing it. */
async function* readVisible(file: string, endByte: number): AsyncGenerator<User> {
  if (!existsSync(file)) return;
  const readRecord = createBatchReader();
  for await (const line of readLines(file)) {
    if (line.byte >= endByte) return;
    if (isBlank(line.text)) continue;
    try {
      yield* readRecord(parseUser(line.text));
    } catch (error) {
      if (!line.isTerminated) return;
      throw damagedLine(line, error);
    }
  }
}
