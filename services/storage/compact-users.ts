// Reading all of a users.jsonl into memory as bytes: lines stay where they were read to.
import { fileBytes } from "./file-bytes.ts";
import type { Chunk } from "./jsonl-chunks.ts";
import { scanLines } from "./jsonl-scan.ts";
import { CHUNK_BYTES, createLineTable } from "./line-table.ts";
import { parseUser, type User } from "./user.ts";

const NEWLINE = 0x0a;

export interface CompactUsers {
  readonly get: (id: string) => User | null;
  /** Adds a user unless there is one with this id. */
  readonly add: (user: User) => void;
  readonly count: () => number;
  /** Bytes of memory that the users take. */
  readonly bytes: () => number;
}

/**
 * Reads the users of a JSONL file, as readUsers of jsonl-users.ts does: of two records with one id the first counts.
 * @throws DamagedData for a line that is not a user, and for more than 4 GiB of them
 */
export async function readCompactUsers(file: string): Promise<CompactUsers> {
  let table = createLineTable(0);
  let isFirst = true;
  let first = 0;
  await scanLines(
    file,
    { chunkBytes: CHUNK_BYTES, isKept: true },
    {
      chunk(chunk) {
        if (isFirst) table = createLineTable(expectLines(chunk, fileBytes(file)));
        isFirst = false;
        first = table.take(chunk.bytes);
      },
      usual: (start, idEnd) => table.add(first + start, first + idEnd),
      other: (user) => table.append(toLine(user)),
    },
  );
  return {
    get(id) {
      const line = table.find(id);
      return line === null ? null : parseUser(line);
    },
    add: (user) => table.append(toLine(user)),
    count: table.count,
    bytes: table.bytes,
  };
}

/** The line in which the table finds a user: the id stands first. */
function toLine({ id, ...rest }: User): string {
  return JSON.stringify({ id, ...rest });
}

/** A table that grows has to look at every line again: so the lines of the first chunk say how many there will be. */
function expectLines({ bytes, end }: Chunk, totalBytes: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return end === 0 ? 0 : Math.ceil((lines * totalBytes) / end);
}
