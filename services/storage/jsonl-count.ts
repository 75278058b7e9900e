import { createReadStream } from "node:fs";

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Counts the lines of a JSONL file that are not blank, from byte `start` to before byte `end`. A last line
 * without a newline counts. A missing file has none. */
export async function countRecords(file: string, start: number, end: number): Promise<number> {
  if (end <= start) return 0;
  let records = 0;
  let isBlank = true;
  for await (const chunk of createReadStream(file, { start, end: end - 1 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) {
      if (!isBlank || !isBlankPart(chunk, from, at)) records++;
      isBlank = true;
      from = at + 1;
    }
    isBlank &&= isBlankPart(chunk, from, chunk.length);
  }
  return isBlank ? records : records + 1;
}

function isBlankPart(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > SPACE) return false;
  return true;
}
