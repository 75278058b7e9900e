// Finding lines in which a record stands behind something else: where a process died in the middle of a line, and another
// has appended before anybody could end that line.
import { fstatSync } from "node:fs";
import { readWholeLines } from "./jsonl-growth.ts";

const NEWLINE = 0x0a;
/** How every record begins that the lab writes. Within a string of JSON its quotes would have backslashes. */
const RECORD_START = Buffer.from('{"id":"');
/** Only so much of the end of a file is looked at, so that a start takes the same time whatever the size: more than
 * another process appends while one is killed and started again. */
const LOOK_BACK_BYTES = 4 * 1024 * 1024;

/** Returns where the lines begin, at the end of the file, in which a record begins further on. */
export function findGlued(fd: number): number[] {
  const found = new Set<number>();
  const startByte = Math.max(0, fstatSync(fd).size - LOOK_BACK_BYTES);
  let byte = startByte;
  while (true) {
    const lines = readWholeLines({ fd }, byte);
    if (lines.length === 0) return [...found];
    // The first may be the end of a line that began before.
    const from = byte === startByte && byte > 0 ? lines.indexOf(NEWLINE) + 1 : 0;
    for (let at = lines.indexOf(RECORD_START, from); at !== -1; at = lines.indexOf(RECORD_START, at + 1)) {
      const lineStart = lines.lastIndexOf(NEWLINE, at) + 1;
      if (lineStart < at) found.add(byte + lineStart);
    }
    byte += lines.length;
  }
}
