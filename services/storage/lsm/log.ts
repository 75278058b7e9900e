// The write-ahead log: what is in memory, in the order in which it came. One record for each write() and a line for each record:
//
//   8 hexadecimal digits   CRC-32 of the text behind the space
//   a space
//   the users              a JSON array, in which no newline can be
//   a newline
//
// Users that were stored together are in one record, so they are there together or not at all.
import { existsSync } from "node:fs";
import { crc32 } from "node:zlib";
import { damagedLine } from "../faults.ts";
import { fileBytes } from "../file-bytes.ts";
import { type Line, readLines } from "../jsonl-lines.ts";
import type { User } from "../user.ts";

const CHECKSUM_DIGITS = 8;

export function formatLogRecord(users: readonly User[]): string {
  const text = JSON.stringify(users);
  return `${checksum(text)} ${text}\n`;
}

/** Returns what a record of so many users takes beyond them: checksum, space, brackets, commas, newline. */
export function overheadBytes(users: number): number {
  return CHECKSUM_DIGITS + " []\n".length + users - 1;
}

export interface LogContents {
  readonly users: readonly User[];
  /** Bytes up to the end of the last whole record. */
  readonly wholeBytes: number;
  /** Bytes behind it: of a record that was not written to its end. */
  readonly tornBytes: number;
}

/**
 * Reads a log. Only its last record can be torn: one that is not whole and has another behind it is damage.
 * @throws DamagedData that names file, line and byte
 */
export async function readLog(file: string): Promise<LogContents> {
  const users: User[] = [];
  let wholeBytes = 0;
  let bad: { readonly line: Line; readonly reason: string } | null = null;
  for await (const line of readLines(file)) {
    if (bad !== null) throw damagedLine(bad.line, new Error(bad.reason));
    const reason = findFault(line);
    if (reason !== null) {
      bad = { line, reason };
      continue;
    }
    users.push(...(JSON.parse(line.text.slice(CHECKSUM_DIGITS + 1)) as User[]));
    wholeBytes = line.byte + Buffer.byteLength(line.text) + 1;
  }
  return { users, wholeBytes, tornBytes: existsSync(file) ? fileBytes(file) - wholeBytes : 0 };
}

function findFault({ text, isTerminated }: Line): string | null {
  const content = text.slice(CHECKSUM_DIGITS + 1);
  if (`${checksum(content)} ${content}` !== text) return "the checksum is not that of the record";
  return isTerminated ? null : "the record does not end with a newline";
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_DIGITS, "0");
}
