// A JSONL file in large pieces of whole lines.
import { readSync } from "node:fs";
import { openSource } from "./jsonl-growth.ts";

const NEWLINE = 0x0a;

export interface Chunk {
  readonly bytes: Buffer;
  /** Behind the last newline. */
  readonly end: number;
  /** What was read ends here. Behind `end` stands the beginning of a line that the next chunk has again, or, in the last one, a line
   * that another process may still be writing. */
  readonly filled: number;
}

export interface ChunkOptions {
  /** A line that is longer makes its chunk longer. */
  readonly chunkBytes: number;
  /** Whether each chunk has bytes of its own; else it is valid until the next is asked for. */
  readonly isKept: boolean;
}

/** Yields a file from its beginning, in chunks. A missing file has none. Each is read at once: a thread of the pool that did it would
 * cost more than what it reads, where the system has the file in memory. Whoever reads gives requests their turn between two. */
export function* readChunks(file: string, { chunkBytes, isKept }: ChunkOptions): Generator<Chunk> {
  using source = openSource(file);
  let [bytes, filled] = [Buffer.allocUnsafeSlow(chunkBytes), 0];
  while (source !== null) {
    const bytesRead = readSync(source.fd, bytes, filled, bytes.length - filled, null);
    filled += bytesRead;
    if (bytesRead > 0 && filled < bytes.length) continue;
    const end = filled === 0 ? 0 : bytes.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (end > 0 || bytesRead === 0) yield { bytes, end, filled };
    if (bytesRead === 0) return;
    const isTooShort = end === 0;
    const next =
      isTooShort || isKept ? Buffer.allocUnsafeSlow(isTooShort ? 2 * bytes.length : chunkBytes) : bytes;
    bytes.copy(next, 0, end, filled);
    [bytes, filled] = [next, filled - end];
  }
}
