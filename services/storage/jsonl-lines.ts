// The lines of a JSONL file with their places. Slow; for files in which something turned out to be unusual.
import { createReadStream } from "node:fs";
import type { LinePlace } from "./faults.ts";

const NEWLINE = 0x0a;

/** A line as it is in the file now. */
export interface Line extends LinePlace {
  readonly text: string;
  /** False for the end of a file without a final newline: another process may still be writing it. */
  readonly isTerminated: boolean;
}

/** Yields the lines of a file, cut at newlines and nothing else. */
export async function* readLines(file: string): AsyncGenerator<Line> {
  let [line, byte] = [1, 0];
  let parts: Buffer[] = [];
  const takeLine = (isTerminated: boolean): Line => {
    const bytes = Buffer.concat(parts);
    const taken = { file, line, byte, text: bytes.toString("utf8"), isTerminated };
    [line, byte, parts] = [line + 1, byte + bytes.length + 1, []];
    return taken;
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end));
      from = end + 1;
      yield takeLine(true);
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) yield takeLine(false);
}
