// Reading all of a users.jsonl into memory, chunk by chunk: a file may be longer than the longest string.
import { type FileHandle, open } from "node:fs/promises";
import { damagedLine } from "./faults.ts";
import { assertHeapHolds, assertMapHolds, heapHolds, MAP_MAX_ENTRIES } from "./map-limits.ts";
import { parseUser, type User } from "./user.ts";

const NEWLINE = 0x0a;
const CHUNK_BYTES = 4 * 1024 * 1024;
/** The shortest record that a file can hold. */
const RECORD_MIN_BYTES = '{"id":"","name":"","email":"","created_at":""}\n'.length;
/** The lines are counted when so many more than the first piece of the file makes one expect would not fit. */
const GUESS_MARGIN = 1.05;

/** How far a file has been read. */
export interface ReadPlace {
  /** Another file of the same name has another; null of a missing one. */
  readonly inode: number | null;
  /** Behind the last newline. */
  readonly byte: number;
}

/**
 * Reads the users of a JSONL file into a Map, in file order. Of two records with one id the first counts, as
 * in every approach. Blank lines are skipped, a missing file has no users, and what stands after the last
 * newline is a record that another process is still writing.
 * @throws DamagedData for a line that is not a user, and for more users than a Map or the heap can hold
 */
export async function readUsers(file: string): Promise<Map<string, User>> {
  const users = new Map<string, User>();
  await readUserLines(file, (text) => addUser(users, parseUser(text)));
  return users;
}

/** Adds a user unless there is one with this id: the first counts. */
export function addUser(users: Map<string, User>, user: User): void {
  if (!users.has(user.id)) users.set(user.id, user);
}

/** Whether a line of a JSONL file has nothing in it. */
export function isBlank(text: string): boolean {
  return !text.startsWith("{") && text.trim() === "";
}

/**
 * Reads a JSONL file that is to be kept in memory, as readUsers does.
 * @param take given each line that is not blank; may throw a SyntaxError
 * @throws DamagedData as readUsers does
 */
export async function readUserLines(file: string, take: (text: string) => void): Promise<ReadPlace> {
  await using handle = await openIfExists(file);
  if (handle === null) return { inode: null, byte: 0 };
  const { size, ino } = await handle.stat();
  if (size > MAP_MAX_ENTRIES * RECORD_MIN_BYTES) assertMapHolds(file, await countLines(handle));

  let [lineNumber, chunkByte] = [1, 0];
  for await (const chunk of readLineChunks(handle)) {
    const lines = chunk.toString("utf8", 0, chunk.length - 1).split("\n");
    if (chunkByte === 0 && !heapHolds(size, GUESS_MARGIN * (size / chunk.length) * lines.length)) {
      assertHeapHolds(file, size, await countLines(handle));
    }
    for (const [index, text] of lines.entries()) {
      try {
        if (!isBlank(text)) take(text);
      } catch (error) {
        const byte = chunkByte + lineStart(chunk, index);
        throw damagedLine({ file, line: lineNumber + index, byte }, error);
      }
    }
    lineNumber += lines.length;
    chunkByte += chunk.length;
  }
  return { inode: ino, byte: chunkByte };
}

/** Returns where a line of a chunk begins, counted in bytes: not every byte need be part of a character. */
function lineStart(chunk: Buffer, line: number): number {
  let start = 0;
  for (let passed = 0; passed < line; passed++) start = chunk.indexOf(NEWLINE, start) + 1;
  return start;
}

async function openIfExists(file: string): Promise<FileHandle | null> {
  try {
    return await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Yields the file in pieces that end with a newline. Each is valid until the next is asked for. */
async function* readLineChunks(handle: FileHandle): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let [kept, position] = [0, 0];
  while (true) {
    if (kept === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    const { bytesRead } = await handle.read(buffer, kept, buffer.length - kept, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const filled = kept + bytesRead;
    const end = buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (end > 0) yield buffer.subarray(0, end);
    buffer.copy(buffer, 0, end, filled);
    kept = filled - end;
  }
}

async function countLines(handle: FileHandle): Promise<number> {
  let lines = 0;
  for await (const chunk of readLineChunks(handle)) {
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
  }
  return lines;
}
