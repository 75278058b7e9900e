// What stands in users.jsonl behind the records that users.idx has: the tail.
//
// An index says itself how far it reaches, to the end of the line of its largest offset: nothing else has to be written, so
// nothing can disagree with it after a kill.
import { readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { DamagedData, damagedLine } from "./faults.ts";
import { ENTRY_BYTES, entryOffset, isIndexableId } from "./index-entry.ts";
import { openSource, readWholeLines, splitLines } from "./jsonl-growth.ts";
import { readLines } from "./jsonl-lines.ts";
import { isBlank } from "./jsonl-users.ts";
import { readLineAt } from "./read-bytes.ts";
import { parseUser, type User } from "./user.ts";

const ENTRIES_PER_READ = 16 * 1024;

/** A user of the tail, and the byte at which its line begins. */
export interface TailUser {
  readonly user: User;
  readonly byte: number;
}

/** Returns the byte of users.jsonl behind the last record that the index has, 0 where it has none.
 * @throws DamagedData when the index is not one of this data */
export function readReach(indexFile: string, dataFile: string): number {
  using index = openSource(indexFile);
  if (index === null || index.size === 0) return 0;
  if (index.size % ENTRY_BYTES !== 0)
    throw new DamagedData(
      `${indexFile} has ${index.size} bytes, not a multiple of ${ENTRY_BYTES}; run build-index`,
    );
  const entries = Buffer.allocUnsafe(ENTRIES_PER_READ * ENTRY_BYTES);
  let largest = 0;
  for (let at = 0; at < index.size; at += entries.length) {
    const bytes = readSync(index.fd, entries, 0, Math.min(entries.length, index.size - at), at);
    for (let start = 0; start < bytes; start += ENTRY_BYTES)
      largest = Math.max(largest, entryOffset(entries.subarray(start, start + ENTRY_BYTES)));
  }
  using data = openSource(dataFile);
  const line = data === null ? null : readLineAt(data.fd, largest);
  if (line === null)
    throw new DamagedData(`${indexFile}: no line of ${dataFile} begins at byte ${largest}; run build-index`);
  return largest + line.length + 1;
}

/** Reads the users behind a byte, whole lines only, slice by slice, with a turn for others between.
 * @throws DamagedData for a line that is no user, or whose id does not fit an index */
export async function* readTail(dataFile: string, from: number, until: number): AsyncGenerator<TailUser[]> {
  using source = openSource(dataFile);
  for (let byte = from; source !== null && byte < until; ) {
    const lines = readWholeLines(source, byte);
    if (lines.length === 0) return;
    const users: TailUser[] = [];
    for (const { text, start } of splitLines(lines)) {
      if (byte + start >= until) break;
      if (isBlank(text)) continue;
      try {
        users.push({ user: parseIndexable(text), byte: byte + start });
      } catch (error) {
        throw await damageAt(dataFile, byte + start, error);
      }
    }
    yield users;
    byte += lines.length;
    await setImmediate();
  }
}

function parseIndexable(text: string): User {
  const user = parseUser(text);
  if (!isIndexableId(user.id)) throw new SyntaxError(`id ${JSON.stringify(user.id)} does not fit an index`);
  return user;
}

/** Who begins in the middle of a file does not know which line that is. */
async function damageAt(file: string, byte: number, error: unknown): Promise<Error> {
  for await (const line of readLines(file)) if (line.byte === byte) return damagedLine(line, error);
  return new DamagedData(`${file}, byte ${byte}: ${(error as Error).message}`, { cause: error });
}
