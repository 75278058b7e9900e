// Questions other than the id, answered by reading whole files of lines. Of two records with one id, which only another
// program can have written, both are in a list: to leave one out a scan would have to remember all ids.
import { existsSync } from "node:fs";
import { damagedLine } from "./faults.ts";
import { readLines } from "./jsonl-lines.ts";
import { compareNewest, domainOf, type UserQuestions } from "./questions.ts";
import { parseUser, type User } from "./user.ts";

/** @param file users.jsonl */
export function scanUsers(file: string): UserQuestions {
  return {
    byEmail: (email, limit) => listNewest(file, limit, (user) => user.email === email),
    byDomain: (domain, limit) => listNewest(file, limit, (user) => domainOf(user.email) === domain),
    since: (time, limit) => listNewest(file, limit, (user) => user.created_at >= time),
    async countSince(time) {
      let count = 0;
      for await (const user of readRecords(file, parseUser)) if (user.created_at >= time) count++;
      return count;
    },
  };
}

/** Lists the newest users for whom something holds. */
export async function listNewest(
  file: string,
  limit: number,
  isWanted: (user: User) => boolean,
): Promise<User[]> {
  const newest: User[] = [];
  for await (const user of readRecords(file, parseUser)) {
    const last = newest[limit - 1];
    if (!isWanted(user) || (last !== undefined && compareNewest(user, last) > 0)) continue;
    newest.push(user);
    newest.sort(compareNewest).splice(limit);
  }
  return newest;
}

/**
 * Yields the records of a file of lines. Blank lines are skipped, a missing file has none, and an end that is no record is
 * one that another process is still writing.
 * @throws DamagedData for any other line that is none
 */
export async function* readRecords<T>(file: string, parse: (text: string) => T): AsyncGenerator<T> {
  if (!existsSync(file)) return;
  for await (const line of readLines(file)) {
    if (line.text.trim() === "") continue;
    try {
      yield parse(line.text);
    } catch (error) {
      if (!line.isTerminated) return;
      throw damagedLine(line, error);
    }
  }
}
