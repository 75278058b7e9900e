import { damagedLine } from "./faults.ts";
import { readLines } from "./jsonl-lines.ts";
import { parseUser, type User } from "./user.ts";

/**
 * Looks for a user line by line, after another way has met a line that could not be read: it may be damaged, or another
 * process may still be writing it, at the very end.
 * @throws DamagedData for a whole line before the user that is none
 */
export async function findCarefully(file: string, id: string): Promise<User | null> {
  for await (const line of readLines(file)) {
    if (line.text.trim() === "") continue;
    try {
      const user = parseUser(line.text);
      if (user.id === id) return user;
    } catch (error) {
      if (!line.isTerminated) return null;
      throw damagedLine(line, error);
    }
  }
  return null;
}
