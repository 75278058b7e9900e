import { readSync } from "node:fs";

const NEWLINE = 0x0a;
const BLOCK_BYTES = 64 * 1024;

/** Returns the line that starts at this byte, without its newline, or null when none starts there or it has no
 * newline yet. */
export function readLineAt(fd: number, byte: number): Buffer | null {
  if (byte > 0 && readExactly(fd, byte - 1, 1)[0] !== NEWLINE) return null;
  let line = Buffer.alloc(0);
  while (true) {
    const block = readExactly(fd, byte + line.length, BLOCK_BYTES);
    const newline = block.indexOf(NEWLINE);
    line = Buffer.concat([line, newline === -1 ? block : block.subarray(0, newline)]);
    if (newline !== -1) return line;
    if (block.length === 0) return null;
  }
}

/** Reads so many bytes, or as many as there are.
 * @param buffer with room for them, where one is used again and again */
export function readExactly(
  fd: number,
  position: number,
  length: number,
  buffer = Buffer.alloc(length),
): Buffer {
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(fd, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
