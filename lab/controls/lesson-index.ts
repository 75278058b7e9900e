// Control: the index built the lesson's way, to measure ours against. Not for use: it holds the whole file in memory
// several times over, ends at the longest string (512 MiB), and a stop in the middle leaves half a data file.
import { readFileSync, writeFileSync } from "node:fs";
import { formatEntry } from "../../services/storage/index-entry.ts";
import type { User } from "../../services/storage/user.ts";

/** Sorts a data file by id in place and writes its index. Returns the number of records. */
export function buildIndexLessonWay(dataFile: string, indexFile: string): number {
  const users: User[] = readFileSync(dataFile, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
  users.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

  const lines: string[] = [];
  const entries: string[] = [];
  let offset = 0;
  for (const user of users) {
    const line = `${JSON.stringify(user)}\n`;
    lines.push(line);
    entries.push(formatEntry(user.id, offset));
    offset += Buffer.byteLength(line);
  }
  writeFileSync(dataFile, lines.join(""));
  writeFileSync(indexFile, entries.join(""));
  return users.length;
}
