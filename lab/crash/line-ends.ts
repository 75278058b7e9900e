// What a kill has left of a file of lines, before anybody has repaired it.
import { existsSync } from "node:fs";
import { readLines } from "../../services/storage/jsonl-lines.ts";
import { parseUser } from "../../services/storage/user.ts";

export interface LineEnds {
  /** Whether bytes stand behind the last newline. */
  readonly isTorn: boolean;
  /** Lines before that which are no user. */
  readonly brokenLines: number;
}

/** @returns nothing torn and nothing broken for a file that is not there */
export async function readLineEnds(file: string): Promise<LineEnds> {
  let [isTorn, brokenLines] = [false, 0];
  if (!existsSync(file)) return { isTorn, brokenLines };
  for await (const { text, isTerminated } of readLines(file)) {
    if (!isTerminated) isTorn = true;
    else if (text.trim() !== "" && !isUser(text)) brokenLines++;
  }
  return { isTorn, brokenLines };
}

function isUser(text: string): boolean {
  try {
    parseUser(text);
    return true;
  } catch {
    return false;
  }
}
