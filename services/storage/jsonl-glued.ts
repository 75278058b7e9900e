// Finding lines in which a record stands behind something else: where a process died in the middle of a line, and another
// has appended before anybody could end that line.
import { readWholeLines } from "./jsonl-growth.ts";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
/** How every record begins that the lab writes, up to its id and behind it. Within a string of JSON the quotes would have
 * backslashes, and the mark of a batch has no name. */
const RECORD_START = Buffer.from('{"id":"');
const AFTER_ID = Buffer.from('","name":"');

/** Returns where the lines begin in which a record begins further on. All of the file is looked at: another process may
 * have appended for hours since. */
export function findGlued(fd: number): number[] {
  const found = new Set<number>();
  let byte = 0;
  while (true) {
    const lines = readWholeLines({ fd }, byte);
    if (lines.length === 0) return [...found];
    for (let at = lines.indexOf(RECORD_START); at !== -1; at = lines.indexOf(RECORD_START, at + 1)) {
      if (at === 0 || lines[at - 1] === NEWLINE || !isRecordStart(lines, at)) continue;
      found.add(byte + lines.lastIndexOf(NEWLINE, at) + 1);
    }
    byte += lines.length;
  }
}

function isRecordStart(lines: Buffer, at: number): boolean {
  const end = lines.indexOf(QUOTE, at + RECORD_START.length);
  return end !== -1 && lines.subarray(end, end + AFTER_ID.length).equals(AFTER_ID);
}
