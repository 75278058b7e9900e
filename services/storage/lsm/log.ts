// The write-ahead log: what is in memory, in the order in which it came. One record for each write() and a line for each record:
//
//   8 hexadecimal digits   CRC-32 of the JSON
//   a space
//   the users              a JSON array, in which no newline can be
//   a newline
//
// Users that were stored together are in one record, so they are there together or not at all. Tables and the manifest are such
// lines as well.
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { damagedLine } from "../faults.ts";
import { type Line, readLines } from "../jsonl-lines.ts";
import type { User } from "../user.ts";

const NEWLINE = 0x0a;
const CHECKSUM_BYTES = 9;

export type Log = ReturnType<typeof createLog>;

/** Returns a log without records: its file, its users, which are in memory until there is a table of them, and the bytes of its
 * whole records. */
export const createLog = (file: string) => ({ file, users: new Map<string, User>(), dataBytes: 0 });

/** Puts the users of a record, which has so many bytes, into memory. */
export function addRecord(log: Log, users: readonly User[], bytes: number): void {
  for (const user of users) log.users.set(user.id, user);
  log.dataBytes += bytes;
}

/** Returns a line of JSON: its checksum, a space, itself. */
export const toLine = (json: string) => `${formatChecksum(json)}${json}\n`;

/** Returns the JSON of such a line, null when the line is not as it was written. */
export function checkLine(line: Buffer): Buffer | null {
  const json = line.subarray(CHECKSUM_BYTES, -1);
  const isSame = line.toString("latin1", 0, CHECKSUM_BYTES) === formatChecksum(json);
  return isSame && line.at(-1) === NEWLINE ? json : null;
}

const formatChecksum = (json: string | Buffer) => `${crc32(json).toString(16).padStart(8, "0")} `;

/** Returns what a record of so many users takes beyond them: checksum, space, brackets, commas, newline. */
export const overheadBytes = (users: number) => CHECKSUM_BYTES + "[]\n".length + users - 1;

/**
 * Reads logs, the oldest first. Only the last record of all can be torn: a full log is on the disk before there is anything in
 * the next.
 * @returns the torn record, which is not in its log; null when there is none
 * @throws DamagedData for a record that is not whole and has another behind it; names file, line and byte
 */
export async function readLogs(logs: readonly Log[]): Promise<Line | null> {
  let torn: Line | null = null;
  for (const log of logs)
    for await (const line of readLines(log.file)) {
      if (torn !== null) throw damagedLine(torn, "the record is not whole; expected nothing behind it");
      const record = Buffer.from(`${line.text}\n`);
      const json = line.isTerminated ? checkLine(record) : null;
      if (json === null) torn = line;
      else addRecord(log, JSON.parse(json.toString()), record.length);
    }
  return torn;
}

/** Cuts off what is behind so many bytes of a log, its whole records, and waits until the disk has it so. */
export async function cutLog(file: string, bytes: number): Promise<void> {
  await using handle = await open(file, "r+");
  await handle.truncate(bytes);
  await handle.sync();
}
