// The write-ahead log: what is in memory, in the order in which it came. One record for each write() and a line for each record:
//
//   8 hexadecimal digits   CRC-32 of the text behind the space
//   a space
//   the users              a JSON array, in which no newline can be
//   a newline
//
// Users that were stored together are in one record, so they are there together or not at all.
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { damagedLine } from "../faults.ts";
import { fileBytes } from "../file-bytes.ts";
import { type Line, readLines } from "../jsonl-lines.ts";
import type { User } from "../user.ts";

const CHECKSUM_DIGITS = 8;

/** A log, and what it has: in memory, until there is a table of it. */
export interface Log {
  /** The file's, before ".log". */
  readonly number: number;
  readonly file: string;
  readonly users: Map<string, User>;
  /** Of its whole records. */
  bytes: number;
  /** Behind them when it was read: of a record that was not written to its end. */
  readonly tornBytes: number;
  /** A table has some. */
  readonly facts: null;
}

export function formatRecord(users: readonly User[]): string {
  return addChecksum(JSON.stringify(users));
}

/** Returns what a record of so many users takes beyond them: checksum, space, brackets, commas, newline. */
export function overheadBytes(users: number): number {
  return CHECKSUM_DIGITS + " []\n".length + users - 1;
}

/** Returns a line of a text and its checksum. */
export function addChecksum(text: string): string {
  return `${crc32(text).toString(16).padStart(CHECKSUM_DIGITS, "0")} ${text}\n`;
}

/** Returns the text of such a line, null when the checksum is not its. */
export function checkLine(line: string): string | null {
  const text = line.slice(CHECKSUM_DIGITS + 1, -1);
  return addChecksum(text) === line ? text : null;
}

/**
 * Reads a log. Only its last record can be torn: one that is not whole and has another behind it is damage.
 * @throws DamagedData that names file, line and byte
 */
export async function readLog(file: string): Promise<Omit<Log, "number">> {
  const users = new Map<string, User>();
  let bytes = 0;
  let torn: Line | null = null;
  for await (const line of readLines(file)) {
    if (torn !== null) throw damagedLine(torn, new Error("the checksum is not that of the record"));
    const text = line.isTerminated ? checkLine(`${line.text}\n`) : null;
    if (text === null) torn = line;
    else {
      for (const user of JSON.parse(text) as User[]) users.set(user.id, user);
      bytes = line.byte + Buffer.byteLength(line.text) + 1;
    }
  }
  return { file, users, bytes, tornBytes: fileBytes(file) - bytes, facts: null };
}

/** Cuts off what is behind the whole records of a log, and waits until the disk has it so. */
export async function cutLog({ file, bytes }: Log): Promise<void> {
  await using handle = await open(file, "r+");
  await handle.truncate(bytes);
  await handle.sync();
}
