// The lines of a file as text, cut at newlines and nothing else: Node's readline cuts at U+2028 too, which JSON may hold.
import { isUtf8 } from "node:buffer";
import { readLineBlocks } from "./line-blocks.ts";

const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; a carriage return is left where it is. Null where the bytes are no UTF-8. */
  readonly text: string | null;
}

/** Yields the lines of an open file.
 * @param onBytes is given all bytes, in order */
export function* readTextLines(fd: number, onBytes?: (bytes: Buffer) => void): Generator<TextLine> {
  let number = 0;
  for (const { bytes } of readLineBlocks(fd, BLOCK_BYTES)) {
    onBytes?.(bytes);
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline === -1 ? bytes.length : newline;
      const line = bytes.subarray(start, end);
      number++;
      yield { number, text: isUtf8(line) ? line.toString("utf8") : null };
      start = end + 1;
    }
  }
}
