// What has been appended to a JSONL file, read in slices, whole lines only.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const NEWLINE = 0x0a;
/** What is read before requests have their turn again. */
const SLICE_BYTES = 64 * 1024;

/** A file, open as it is now. */
export interface Source extends Disposable {
  readonly fd: number;
  readonly inode: number;
  readonly size: number;
}

/** Opens a file; null when there is none. */
export function openSource(file: string): Source | null {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const { ino, size } = fstatSync(fd);
  return { fd, inode: ino, size, [Symbol.dispose]: () => closeSync(fd) };
}

/** Reads the whole lines from a byte on: as many as a slice has, or one that is longer. Empty when none is whole. */
export function readWholeLines({ fd }: Pick<Source, "fd">, byte: number): Buffer {
  for (let length = SLICE_BYTES; ; length *= 2) {
    const slice = Buffer.allocUnsafe(length);
    const filled = readSync(fd, slice, 0, length, byte);
    const end = slice.subarray(0, filled).lastIndexOf(NEWLINE) + 1;
    if (end > 0 || filled < length) return slice.subarray(0, end);
  }
}

/** Yields lines without their newlines, and where each starts. */
export function* splitLines(lines: Buffer): Generator<{ text: string; start: number }> {
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(NEWLINE, start);
    yield { text: lines.toString("utf8", start, end), start };
    start = end + 1;
  }
}
