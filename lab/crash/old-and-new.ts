// A data file with an old index: the first half of its users are in the index, the others came later.
import { appendFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { buildIndexOf } from "./killed-jobs.ts";

/** Users that the old index has, and all users. */
export const OLD_USERS = 10_000;
export const NEW_USERS = 2 * OLD_USERS;

/** Where the two files are. */
export const filesIn = (folder: string) => ({
  dataFile: join(folder, "users.jsonl"),
  indexFile: join(folder, "users.idx"),
});

/** Writes both files into a folder of their own. Returns the folder. */
export async function writeOldAndNew(parent: string): Promise<string> {
  const folder = mkdtempSync(join(parent, "index-"));
  const files = filesIn(folder);
  writeFileSync(files.dataFile, toLines(0, OLD_USERS));
  await buildIndexOf(files);
  appendFileSync(files.dataFile, toLines(OLD_USERS, NEW_USERS));
  return folder;
}

/** Lines of the seeded users with these indexes, the last one excluded. */
export function toLines(from: number, to: number): string {
  const lines = Array.from({ length: to - from }, (_, index) =>
    JSON.stringify(seededUser(DEFAULT_SEED, from + index)),
  );
  return `${lines.join("\n")}\n`;
}
