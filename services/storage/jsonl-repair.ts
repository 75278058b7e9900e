// Repairing the end of a JSONL file whose writer was killed in the middle of a line.
//
// Other processes may append to the same file all the while, so nothing is ever cut off. Instead:
//
//   1. the torn bytes are kept aside, in users.jsonl.torn, and synced;
//   2. a newline is appended. Appends do not mix, so it ends the torn line, or, had the line only been a write
//      still on its way, leaves a blank line, which every reader skips;
//   3. the torn bytes, which nobody can append to any more, are overwritten with spaces. What another process
//      has glued to them meanwhile is a complete record, and stays.
//
// A record that was glued to torn bytes before any repair looked is freed in the same way, from step 1 on; what is no user
// and does not end with one is damage, and is left as it is.
//
// Each step can be repeated. A repair that was itself interrupted is finished from users.jsonl.torn.
import { appendFileSync, closeSync, existsSync, fstatSync, fsyncSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findGlued } from "./jsonl-glued.ts";
import { keepAside, readKept, type Torn } from "./jsonl-torn.ts";
import { readExactly, readLineAt } from "./read-bytes.ts";
import { parseUser } from "./user.ts";

const NEWLINE = 0x0a;
const BLOCK_BYTES = 64 * 1024;
/** How long a line may lack its end before it counts as torn. A write of one record takes microseconds. */
const SETTLE_MS = 50;

/**
 * Makes sure that the next append to the file starts a line of its own. A missing file is left missing.
 * @param log receives one line for each repair
 */
export async function repairTail(file: string, log: (line: string) => void): Promise<void> {
  if (!existsSync(file)) return;
  const logTorn = ({ byte, bytes }: Torn) =>
    log(`${file}, byte ${byte}: ${bytes.length} bytes of a torn line moved to ${file}.torn`);
  for (const torn of readKept(file)) if (blankTorn(file, torn)) logTorn(torn);
  for (const torn of readGlued(file)) {
    keepAside(file, torn);
    if (blankTorn(file, torn)) logTorn(torn);
  }

  for (let seen = readTail(file); seen.bytes.length > 0; ) {
    await sleep(SETTLE_MS);
    const tail = readTail(file);
    if (tail.byte === seen.byte && isRecord(tail.bytes)) {
      appendFileSync(file, "\n", { flush: true });
      log(`${file}, byte ${tail.byte}: the last record had no newline; added`);
      return;
    }
    if (tail.byte === seen.byte) {
      keepAside(file, tail);
      appendFileSync(file, "\n", { flush: true });
      blankTorn(file, tail);
      logTorn(tail);
      return;
    }
    // Another process has ended the line: its write is done, or it has glued a record to torn bytes.
    if (isBadLineAt(file, seen.byte)) {
      keepAside(file, seen);
      if (blankTorn(file, seen)) logTorn(seen);
    }
    seen = tail;
  }
}

/** Returns the bytes after which no newline came. */
function readTail(file: string): Torn {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    let bytes = Buffer.alloc(0);
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - BLOCK_BYTES);
      const block = readExactly(fd, start, end - start);
      const newline = block.lastIndexOf(NEWLINE);
      bytes = Buffer.concat([block.subarray(newline + 1), bytes]);
      if (newline !== -1) return { byte: start + newline + 1, bytes };
      end = start;
    }
    return { byte: 0, bytes };
  } finally {
    closeSync(fd);
  }
}

/** Returns the torn bytes at which another process's record stands in the same line. */
function readGlued(file: string): Torn[] {
  const fd = openSync(file, "r");
  try {
    return findGlued(fd).flatMap((byte) => {
      const line = readLineAt(fd, byte);
      if (line === null || isRecord(line)) return [];
      const end = gluedRecordStart(line);
      const bytes = line.subarray(0, end);
      // Nothing that is whole is taken out.
      const hasRecord = gluedRecordStart(bytes) < bytes.length || beginsWithRecord(bytes);
      return end === line.length || hasRecord ? [] : [{ byte, bytes }];
    });
  } finally {
    closeSync(fd);
  }
}

/** Overwrites torn bytes with spaces, up to the record that another process may have glued to them. Returns false,
 * and does nothing, when there is something else at that place now. */
function blankTorn(file: string, { byte, bytes }: Torn): boolean {
  const fd = openSync(file, "r+");
  try {
    const line = readLineAt(fd, byte);
    const isTornYet = line?.subarray(0, bytes.length).equals(bytes);
    if (line === null || !isTornYet || isRecord(line)) return false;
    const end = gluedRecordStart(line);
    // Another process may have died in the middle of a record, too, behind the torn bytes.
    if (end === line.length && end > bytes.length) keepAside(file, { byte, bytes: line });
    const spaces = Buffer.alloc(end, " ");
    writeSync(fd, spaces, 0, spaces.length, byte);
    fsyncSync(fd);
    return true;
  } finally {
    closeSync(fd);
  }
}

function isBadLineAt(file: string, byte: number): boolean {
  const fd = openSync(file, "r");
  try {
    const line = readLineAt(fd, byte);
    return line !== null && !isRecord(line);
  } finally {
    closeSync(fd);
  }
}

/** Returns where the record begins that ends the line, or the line's length when none does. */
function gluedRecordStart(line: Buffer): number {
  for (let at = line.indexOf("{", 1); at !== -1; at = line.indexOf("{", at + 1)) {
    if (isRecord(line.subarray(at))) return at;
  }
  return line.length;
}

/** Whether there is a whole record that its newline does not follow. A kill tears a line before its end; this is damage, and the
 * record may have been acknowledged. */
function beginsWithRecord(bytes: Buffer): boolean {
  for (let at = bytes.indexOf("}"); at !== -1; at = bytes.indexOf("}", at + 1)) {
    if (isRecord(bytes.subarray(0, at + 1))) return true;
  }
  return false;
}

function isRecord(bytes: Buffer): boolean {
  try {
    parseUser(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
