// The users of a load that are no function of a seed: read from users.jsonl ahead of the load.
import { readFileSync } from "node:fs";
import type { SeededUser } from "../../k6/lib/users.ts";

const NEWLINE = 0x0a;

/** Reads a file of users, one per line, each line with its end.
 * @returns a function that returns the user of an index; indexes beyond the last begin with the first again, so that users
 * that are not stored yet are as long as those that are. Undefined without a file */
export function readStoredUsers(file: string | undefined): ((index: number) => SeededUser) | undefined {
  if (file === undefined) return undefined;
  const bytes = readFileSync(file);
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at = bytes.indexOf(NEWLINE, at) + 1) {
    starts.push(at);
    if (!bytes.includes(NEWLINE, at)) throw new Error(`${file}: the last line has no end`);
  }
  return (index) => {
    const at = index % starts.length;
    const end = (starts[at + 1] ?? bytes.length) - 1;
    return JSON.parse(bytes.toString("utf8", starts[at], end)) as SeededUser;
  };
}
