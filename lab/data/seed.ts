// Writes the seeded users: users.jsonl, and ids.json beside it.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { replaceFile } from "../../services/storage/replaced-file.ts";
import { createWorkFolder } from "../../services/storage/work-folder.ts";
import { createOutput } from "./output-file.ts";
import { keepAside, placeNewFile } from "./replace-file.ts";
import { pauseWork, type WorkOptions } from "./work.ts";

const USERS_PER_PAUSE = 1_000;

export interface SeedOptions extends WorkOptions {
  readonly file: string;
  /** ids.json beside the file, unless another is asked for. */
  readonly idsFile?: string | undefined;
  /** Number of users, from 1 to FIRST_UNSTORED_INDEX. */
  readonly size: number;
  readonly seed?: number | undefined;
}

export interface SeedResult {
  /** New names of the files that were there before. */
  readonly keptAside: readonly string[];
}

/**
 * Writes users 0 to size - 1 of a seed, one JSON object per line, and a JSON array of their ids in the same order.
 * The same arguments make the same bytes everywhere. Files that exist keep their content under another name.
 * Progress is in users.
 */
export async function writeSeededUsers(options: SeedOptions): Promise<SeedResult> {
  const { file, idsFile = join(dirname(file), "ids.json") } = options;
  using usersFolder = createWorkFolder(file, options.onRemoved);
  using idsFolder = createWorkFolder(idsFile, options.onRemoved);
  const newUsers = join(usersFolder.path, "users.jsonl");
  const newIds = join(idsFolder.path, "ids.json");
  await writeUsers(newUsers, newIds, options);
  const keptAside = [putInPlace(newUsers, file), putInPlace(newIds, idsFile)];
  return { keptAside: keptAside.filter((name) => name !== null) };
}

async function writeUsers(usersFile: string, idsFile: string, options: SeedOptions): Promise<void> {
  const { size, seed = DEFAULT_SEED } = options;
  using users = createOutput(usersFile);
  using ids = createOutput(idsFile);
  ids.writeText("[");
  for (let start = 0; start < size; start += USERS_PER_PAUSE) {
    const end = Math.min(start + USERS_PER_PAUSE, size);
    let lines = "";
    let idList = "";
    for (let index = start; index < end; index++) {
      const user = seededUser(seed, index);
      lines += `${JSON.stringify(user)}\n`;
      idList += `${index === 0 ? "" : ","}"${user.id}"`;
    }
    users.writeText(lines);
    ids.writeText(idList);
    await pauseWork(options, end, size);
  }
  ids.writeText("]\n");
  users.finish();
  ids.finish();
}

/** Returns the name that the file at `target` has from now on, or null when there was none. */
function putInPlace(finished: string, target: string): string | null {
  if (!existsSync(target) && placeNewFile(finished, target)) return null;
  const kept = keepAside(target, "bak");
  replaceFile(finished, target);
  return kept;
}
