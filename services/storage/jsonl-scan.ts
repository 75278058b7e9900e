// Looking at every line of a JSONL file on its bytes: only those that are not written as the lab writes them are parsed.
import { setImmediate } from "node:timers/promises";
import { DamagedData, damagedLine } from "./faults.ts";
import { type Chunk, readChunks } from "./jsonl-chunks.ts";
import { isBlank } from "./jsonl-users.ts";
import { createFieldPlaces, locateFields } from "./record-shape.ts";
import { parseUser, type User } from "./user.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What is told of a file's lines, in their order. */
export interface LineTaker {
  /** A chunk, before its lines. */
  readonly chunk: (chunk: Chunk) => void;
  /** A record as JSON.stringify writes it, and where its id ends; both are offsets into the chunk. */
  readonly usual: (start: number, idEnd: number) => void;
  /** A record that is written in another way, and where. */
  readonly other: (user: User, start: number) => void;
}

/** A line that is no user, as an exception that knows its place in a chunk. */
class BadLine extends SyntaxError {
  readonly index: number;
  readonly start: number;
  constructor(index: number, start: number, cause: SyntaxError) {
    super(cause.message, { cause });
    this.index = index;
    this.start = start;
  }
}

/**
 * Scans a file. Blank lines are skipped, a missing file has no lines, and what stands after the last newline is left out.
 * @param isKept whether the taker keeps the chunks' bytes
 * @throws DamagedData for a line that is not a user, and for what the taker throws as a RangeError
 */
export async function scanLines(
  file: string,
  options: { readonly chunkBytes: number; readonly isKept: boolean },
  taker: LineTaker,
): Promise<void> {
  let [lineNumber, chunkByte] = [1, 0];
  for (const chunk of readChunks(file, options)) {
    try {
      taker.chunk(chunk);
      lineNumber += takeLines(chunk, taker);
    } catch (error) {
      if (error instanceof RangeError) throw new DamagedData(`${file}: ${error.message}`, { cause: error });
      if (!(error instanceof BadLine)) throw error;
      const place = { file, line: lineNumber + error.index, byte: chunkByte + error.start };
      throw damagedLine(place, error);
    }
    chunkByte += chunk.end;
    await setImmediate();
  }
}

const places = createFieldPlaces();

/** Returns how many lines a chunk has, blank ones among them. */
function takeLines({ bytes, end }: Chunk, taker: LineTaker): number {
  let lines = 0;
  for (let start = 0; start < end; lines++) {
    const behind = locateFields(bytes, start, end, places);
    const lineEnd = behind !== -1 && bytes[behind] === CARRIAGE_RETURN ? behind + 1 : behind;
    if (lineEnd !== -1 && bytes[lineEnd] === NEWLINE) {
      taker.usual(start, places[1] as number);
      start = lineEnd + 1;
      continue;
    }
    const newline = bytes.indexOf(NEWLINE, start);
    const text = bytes.toString("utf8", start, newline);
    if (!isBlank(text)) taker.other(parseLine(text, lines, start), start);
    start = newline + 1;
  }
  return lines;
}

function parseLine(text: string, index: number, start: number): User {
  try {
    return parseUser(text);
  } catch (error) {
    throw new BadLine(index, start, error as SyntaxError);
  }
}
