// Linear scan on bytes: the file is still the only state, and every read still goes through it from the start. But it takes the
// bytes in large pieces, lets the machine compare them with the id's, and parses only the line in which they stand.
//
//   read         opens the file; half of its bytes on average, all of them for a miss, but hardly any work on each
//   write        as linear's: one appended line
//   start        every line is checked, once: what linear would notice while it reads, nobody would notice here
//   memory       one piece for each read that goes on, whatever the size; other requests have their turn after each piece
//   durability   the process, as linear's; DURABILITY has other levels
//   breaks on    a line whose id is written with needless escapes (\u0041 for A): JSON.stringify writes none
//   prefer       it where linear would do, but for the time it takes. The next step is not to look at all of the file
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileBytes } from "../storage/file-bytes.ts";
import { insertEach } from "../storage/jsonl-append.ts";
import { openAppender } from "../storage/jsonl-appender.ts";
import { findCarefully } from "../storage/jsonl-careful.ts";
import { type Chunk, readChunks } from "../storage/jsonl-chunks.ts";
import { repairTail } from "../storage/jsonl-repair.ts";
import { scanLines } from "../storage/jsonl-scan.ts";
import { parseUser, type User } from "../storage/user.ts";
import type { OpenStore } from "../storage/user-store.ts";

const NEWLINE = 0x0a;
/** Less makes more calls to the system, more does not stay in a core's own cache: docs/VARIANTS.md. */
const CHUNKS = { chunkBytes: 256 * 1024, isKept: false } as const;

export const openLinearBytes: OpenStore = async ({ dataDir, durability, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);
  const recordsAtStart = await countUsers(file);
  const appender = await openAppender({ file, durability, log });

  return {
    findById: (id) => scan(file, id),
    insert: appender.append,
    insertMany: insertEach(appender.append),
    check: () => {
      if (existsSync(file)) accessSync(file, constants.R_OK);
    },
    describe: () => {
      const { durability, settings } = appender.describe();
      return {
        recordsAtStart,
        dataBytes: fileBytes(file),
        durability,
        settings: { ...settings, chunkBytes: CHUNKS.chunkBytes },
      };
    },
    [Symbol.asyncDispose]: () => appender[Symbol.asyncDispose](),
  };
};

/** @throws DamagedData for a line that is not a user */
async function countUsers(file: string): Promise<number> {
  let users = 0;
  const count = () => {
    users++;
  };
  await scanLines(file, CHUNKS, { chunk: () => {}, usual: count, other: count });
  return users;
}

async function scan(file: string, id: string): Promise<User | null> {
  // As it stands in a line that has it: nothing is found that is only a part of an id.
  const wanted = Buffer.from(JSON.stringify(id));
  for (const chunk of readChunks(file, CHUNKS)) {
    const found = searchChunk(chunk, wanted, id);
    if (found === "damaged") return findCarefully(file, id);
    if (found !== null) return found;
    await setImmediate();
  }
  return null;
}

function searchChunk({ bytes, end, filled }: Chunk, wanted: Buffer, id: string): User | "damaged" | null {
  const searched = bytes.subarray(0, filled);
  for (let at = searched.indexOf(wanted); at !== -1; ) {
    const start = searched.lastIndexOf(NEWLINE, at) + 1;
    const newline = searched.indexOf(NEWLINE, at);
    const lineEnd = newline === -1 ? filled : newline;
    try {
      const user = parseUser(searched.toString("utf8", start, lineEnd));
      if (user.id === id) return user;
    } catch {
      // The last line may be one that is still being written, or be whole in the next chunk.
      if (start < end) return "damaged";
    }
    at = searched.indexOf(wanted, lineEnd);
  }
  return null;
}
