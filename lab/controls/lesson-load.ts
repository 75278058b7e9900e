// Control: the map loaded the lesson's way, to measure ours against. The whole file is one string, so it ends at the
// longest that V8 has (buffer.constants.MAX_STRING_LENGTH, 2^29 - 24 characters in Node.js 24).
import { readFileSync } from "node:fs";
import type { User } from "../../services/storage/user.ts";

/** Reads the users of a data file into a Map by id. */
export function loadLessonWay(dataFile: string): Map<string, User> {
  const users = new Map<string, User>();
  for (const line of readFileSync(dataFile, "utf8").split("\n")) {
    if (line.trim() === "") continue;
    const user = JSON.parse(line) as User;
    users.set(user.id, user);
  }
  return users;
}
