// Linear scan on bytes: the file is still the only state, and every read still goes through it from the start. But it takes the
// bytes in large pieces, lets the machine compare them with the id's, and parses only the line in which they stand.
//
//   read         opens the file; half of its bytes on average, all of them for a miss, but hardly any work on each
//   write        as linear's: one appended line
//   start        every line is checked, once: what linear would notice while it reads, nobody would notice here. That is also where
//                ids are met that are not written as the search looks for them (\u0041 for A); those are read as linear does
//   memory       one piece for each read that goes on, whatever the size; other requests have their turn after each piece
//   durability   the process, as linear's; DURABILITY has other levels
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
  const { users: recordsAtStart, hiddenIds } = await checkUsers(file);
  const appender = await openAppender({ file, durability, log });

  return {
    findById: (id) => (hiddenIds.has(id) ? findCarefully(file, id) : scan(file, id)),
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

/** Counts the users of a file, and gathers the ids that a line hides from the search: JSON can write them in other bytes than
 * JSON.stringify, which wrote all lines of the lab and writes what is added.
 * @throws DamagedData for a line that is not a user */
async function checkUsers(file: string) {
  let users = 0;
  let bytes: Buffer = Buffer.alloc(0);
  const hiddenIds = new Set<string>();
  await scanLines(file, CHUNKS, {
    chunk(chunk) {
      bytes = chunk.bytes;
    },
    usual() {
      users++;
    },
    other({ id }, start) {
      users++;
      if (!bytes.subarray(start, bytes.indexOf(NEWLINE, start)).includes(asWritten(id))) hiddenIds.add(id);
    },
  });
  return { users, hiddenIds };
}

/** Returns an id as it stands in a line that has it: nothing is found by it that is only a part of an id. */
function asWritten(id: string): Buffer {
  return Buffer.from(JSON.stringify(id));
}

async function scan(file: string, id: string): Promise<User | null> {
  const wanted = asWritten(id);
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
