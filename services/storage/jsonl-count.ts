import { createReadStream } from "node:fs";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Counts the lines of a JSONL file that are not blank, from byte `start` to before byte `end`. A last line
 * without a newline counts. A missing file has none. */
export async function countRecords(file: string, start: number, end: number): Promise<number> {
  if (end <= start) return 0;
  let records = 0;
  let lineBytes = 0;
  for await (const chunk of createReadStream(file, { start, end: end - 1 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      lineBytes += at - from;
      const isBlank = lineBytes === 0 || (lineBytes === 1 && chunk[at - 1] === CARRIAGE_RETURN);
      if (!isBlank) records++;
      lineBytes = 0;
      from = at + 1;
    }
    lineBytes += chunk.length - from;
  }
  return lineBytes > 0 ? records + 1 : records;
}
