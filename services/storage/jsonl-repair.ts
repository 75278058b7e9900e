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
// Each step can be repeated. A repair that was itself interrupted is finished from users.jsonl.torn.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseUser } from "./user.ts";

const NEWLINE = 0x0a;
const BLOCK_BYTES = 64 * 1024;
/** How long a line may lack its end before it counts as torn. A write of one record takes microseconds. */
const SETTLE_MS = 50;

/** Bytes after which no newline came. */
interface Tail {
  readonly byte: number;
  readonly bytes: Buffer;
}

/**
 * Makes sure that the next append to the file starts a line of its own. A missing file is left missing.
 * @param log receives one line for each repair
 */
export async function repairTail(file: string, log: (line: string) => void): Promise<void> {
  if (!existsSync(file)) return;
  for (const torn of readKept(`${file}.torn`)) blankTorn(file, torn);
  if (readTail(file).bytes.length === 0) return;
  await sleep(SETTLE_MS);
  const tail = readTail(file);
  if (tail.bytes.length === 0) return;

  if (isRecord(tail.bytes)) {
    appendFileSync(file, "\n", { flush: true });
    log(`${file}, byte ${tail.byte}: the last record had no newline; added`);
    return;
  }
  keepAside(`${file}.torn`, tail);
  appendFileSync(file, "\n", { flush: true });
  blankTorn(file, tail);
  log(`${file}, byte ${tail.byte}: ${tail.bytes.length} bytes of a torn line moved to ${file}.torn`);
}

function readTail(file: string): Tail {
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

/** Overwrites torn bytes with spaces, up to the record that another process may have glued to them. */
function blankTorn(file: string, { byte, bytes }: Tail): void {
  const fd = openSync(file, "r+");
  try {
    const line = readLineAt(fd, byte);
    const isTornYet = line?.subarray(0, bytes.length).equals(bytes);
    if (line === null || !isTornYet || isRecord(line)) return;
    const spaces = Buffer.alloc(gluedRecordStart(line), " ");
    writeSync(fd, spaces, 0, spaces.length, byte);
    fsyncSync(fd);
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

/** Returns the line that starts at this byte, without its newline, or null when it has none yet. */
function readLineAt(fd: number, byte: number): Buffer | null {
  let line = Buffer.alloc(0);
  while (true) {
    const block = readExactly(fd, byte + line.length, BLOCK_BYTES);
    const newline = block.indexOf(NEWLINE);
    line = Buffer.concat([line, newline === -1 ? block : block.subarray(0, newline)]);
    if (newline !== -1) return line;
    if (block.length === 0) return null;
  }
}

function readExactly(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(fd, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function isRecord(bytes: Buffer): boolean {
  try {
    parseUser(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

function keepAside(aside: string, { byte, bytes }: Tail): void {
  const kept = { at: new Date().toISOString(), byte, base64: bytes.toString("base64") };
  appendFileSync(aside, `${JSON.stringify(kept)}\n`, { flush: true });
  const folder = openSync(dirname(aside), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Reads what was kept aside. A line that was itself torn had not been acted on. */
function readKept(aside: string): Tail[] {
  if (!existsSync(aside)) return [];
  return readFileSync(aside, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const { byte, base64 } = JSON.parse(line) as { byte: number; base64: string };
        return [{ byte, bytes: Buffer.from(base64, "base64") }];
      } catch {
        return [];
      }
    });
}
