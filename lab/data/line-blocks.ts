// Reading a file in blocks of whole lines, for work on bytes.
import { readSync } from "node:fs";

const NEWLINE = 0x0a;

export interface LineBlock {
  /** Whole lines with their ends; only the last block of a file may end without one. Overwritten by the next. */
  readonly bytes: Buffer;
  /** Where the block starts in the file. */
  readonly offsetBytes: number;
  readonly isLast: boolean;
}

/**
 * Yields a file's blocks in order, at least one. A block has at most `blockBytes` bytes, or else, when one line is
 * longer than that, less than `blockBytes` beside that line.
 */
export function* readLineBlocks(fd: number, blockBytes: number): Generator<LineBlock> {
  let buffer: Buffer = Buffer.allocUnsafeSlow(blockBytes);
  let offsetBytes = 0;
  let used = 0;
  for (;;) {
    used += fill(fd, buffer, used, offsetBytes + used);
    const isLast = used < buffer.length;
    const end = isLast ? used : buffer.lastIndexOf(NEWLINE) + 1;
    if (end === 0 && !isLast) {
      buffer = resized(buffer, used, buffer.length + blockBytes);
      continue;
    }
    yield { bytes: buffer.subarray(0, end), offsetBytes, isLast };
    if (isLast) return;
    buffer.copyWithin(0, end, used);
    offsetBytes += end;
    used -= end;
    if (buffer.length > blockBytes && used < blockBytes) buffer = resized(buffer, used, blockBytes);
  }
}

/** Reads until the buffer is full or the file ends. Returns how many bytes were read. */
function fill(fd: number, buffer: Buffer, start: number, fileOffset: number): number {
  let filled = 0;
  while (start + filled < buffer.length) {
    const bytes = readSync(fd, buffer, start + filled, buffer.length - start - filled, fileOffset + filled);
    if (bytes === 0) break;
    filled += bytes;
  }
  return filled;
}

function resized(buffer: Buffer, used: number, sizeBytes: number): Buffer {
  const other = Buffer.allocUnsafeSlow(sizeBytes);
  buffer.copy(other, 0, 0, used);
  return other;
}
