// Reading all of a users.jsonl into memory as bytes: lines stay where they were read to, and only those that are not written as
// the lab writes them are parsed.
import { type FileHandle, open } from "node:fs/promises";
import { damagedLine } from "./faults.ts";
import { isBlank } from "./jsonl-users.ts";
import { CHUNK_BYTES, createLineTable, type LineTable } from "./line-table.ts";
import { createFieldPlaces, locateFields } from "./record-shape.ts";
import { parseUser, type User } from "./user.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface CompactUsers {
  readonly get: (id: string) => User | null;
  /** Adds a user unless there is one with this id. */
  readonly add: (user: User) => void;
  readonly count: () => number;
  /** Bytes of memory that the users take. */
  readonly bytes: () => number;
}

/**
 * Reads the users of a JSONL file, as readUsers of jsonl-users.ts does: of two records with one id the first counts, blank lines
 * are skipped, a missing file has no users, and what stands after the last newline is left out.
 * @throws DamagedData for a line that is not a user
 */
export async function readCompactUsers(file: string): Promise<CompactUsers> {
  await using handle = await openIfExists(file);
  let table: LineTable | undefined;
  let lineNumber = 1;
  let chunkByte = 0;
  const { size } = (await handle?.stat()) ?? { size: 0 };
  for await (const { chunk, end } of readChunks(handle)) {
    table ??= createLineTable(expectLines(chunk, end, size));
    try {
      lineNumber += addLines(table, chunk, end);
    } catch (error) {
      if (!(error instanceof BadLine)) throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
      const place = { file, line: lineNumber + error.index, byte: chunkByte + error.start };
      throw damagedLine(place, error.cause);
    }
    chunkByte += end;
  }
  const users = table ?? createLineTable(0);
  return {
    get(id) {
      const line = users.find(id);
      return line === null ? null : parseUser(line);
    },
    add: (user) => users.append(JSON.stringify(user)),
    count: users.count,
    bytes: users.bytes,
  };
}

class BadLine extends Error {
  readonly index: number;
  readonly start: number;
  constructor(index: number, start: number, cause: unknown) {
    super("a line is no user", { cause });
    this.index = index;
    this.start = start;
  }
}

const places = createFieldPlaces();

/** Adds the lines of a chunk. Returns how many it has, blank ones among them. */
function addLines(table: LineTable, chunk: Buffer, end: number): number {
  const first = table.take(chunk);
  let lines = 0;
  for (let start = 0; start < end; lines++) {
    const behind = locateFields(chunk, start, end, places);
    const lineEnd = behind !== -1 && chunk[behind] === CARRIAGE_RETURN ? behind + 1 : behind;
    if (lineEnd !== -1 && chunk[lineEnd] === NEWLINE) {
      table.add(first + start, first + (places[1] as number));
      start = lineEnd + 1;
      continue;
    }
    const newline = chunk.indexOf(NEWLINE, start);
    try {
      addOtherLine(table, chunk.toString("utf8", start, newline));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new BadLine(lines, start, error);
    }
    start = newline + 1;
  }
  return lines;
}

/** Adds a line that is not as the lab writes it, in the lab's way. */
function addOtherLine(table: LineTable, text: string): void {
  if (isBlank(text)) return;
  const user = parseUser(text);
  table.append(JSON.stringify({ id: user.id, ...user }));
}

function expectLines(chunk: Buffer, end: number, fileBytes: number): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEWLINE); at !== -1 && at < end; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
  return Math.ceil((lines * fileBytes) / end);
}

async function openIfExists(file: string): Promise<FileHandle | null> {
  try {
    return await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Yields a file in chunks of their own, whole lines up to `end`. The next begins with what stands behind that. */
async function* readChunks(handle: FileHandle | null): AsyncGenerator<{ chunk: Buffer; end: number }> {
  let [chunk, filled] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), 0];
  while (handle !== null) {
    const { bytesRead } = await handle.read(chunk, filled, chunk.length - filled);
    filled += bytesRead;
    if (bytesRead > 0 && filled < chunk.length) continue;
    const end = filled === 0 ? 0 : chunk.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (end > 0) yield { chunk, end };
    if (bytesRead === 0) return;
    const next = Buffer.allocUnsafeSlow(end > 0 ? CHUNK_BYTES : 2 * chunk.length);
    chunk.copy(next, 0, end, filled);
    [chunk, filled] = [next, filled - end];
  }
}
