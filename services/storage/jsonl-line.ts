// Finding one line of a JSONL file again, to say where it is. Slow; only for lines that turned out to be bad.
import { createReadStream } from "node:fs";
import type { LinePlace } from "./faults.ts";

const NEWLINE = 0x0a;

/** A line as it is in the file now. */
export interface LocatedLine extends LinePlace {
  readonly text: string;
  /** False for the end of a file without a final newline: another process may still be writing it. */
  readonly isTerminated: boolean;
}

/** Reads the line with this number, from 1, or null when the file has fewer. */
export async function locateLine(file: string, line: number): Promise<LocatedLine | null> {
  let [passed, position, byte] = [0, 0, 0];
  const parts: Buffer[] = [];
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    while (passed < line) {
      const end = chunk.indexOf(NEWLINE, from);
      if (passed === line - 1) parts.push(chunk.subarray(from, end === -1 ? undefined : end));
      if (end === -1) break;
      passed++;
      from = end + 1;
      if (passed === line - 1) byte = position + from;
    }
    if (passed === line) break;
    position += chunk.length;
  }
  if (parts.length === 0) return null;
  return { file, line, byte, text: Buffer.concat(parts).toString("utf8"), isTerminated: passed === line };
}
