// The log of a store of its approach's own, cut at every byte of its last three records, as a kill leaves it: the users before the
// cut are there, the others are not.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import type { User } from "../../services/storage/user.ts";
import { checkCut, openStoreOf, tryPlaces } from "./cut.ts";
import type { Finding, Stage, Subject } from "./experiment.ts";

const USERS = 8;
const CUT_USERS = 3;

interface WrittenLog {
  readonly users: readonly User[];
  /** Holds the store as it was after the last user. */
  readonly folder: string;
  /** The log, below that folder. */
  readonly file: string;
  /** Bytes of the log before the first user, and after each. */
  readonly endBytes: readonly number[];
}

/** Whether the approach appends to a log what it is given. */
export async function hasLog(subject: Subject, parent: string): Promise<boolean> {
  const written = await writeLog(subject, parent);
  if (written !== null) rmSync(written.folder, { recursive: true });
  return written !== null;
}

export async function tearStore(subject: Subject, stage: Stage): Promise<Finding> {
  const written = await writeLog(subject, stage.folder);
  if (written === null) throw new Error("there is no log to cut");
  const { users, folder, file, endBytes } = written;
  const from = endBytes[USERS - CUT_USERS] as number;
  const places = Array.from({ length: (endBytes[USERS] as number) - from + 1 }, (_, index) => from + index);
  const tryOne = async (cut: number, own: string) => {
    cpSync(folder, own, { recursive: true });
    truncateSync(join(own, file), cut);
    const kept = users.filter((_, index) => (endBytes[index + 1] as number) <= cut);
    return checkCut(subject, own, { kept, gone: users.slice(kept.length) });
  };
  return tryPlaces(stage, places, tryOne, "cuts of its log");
}

/** Inserts users one by one, and copies the store while it is open, as a kill would find it. Null without a log. */
async function writeLog(subject: Subject, parent: string): Promise<WrittenLog | null> {
  const open = mkdtempSync(join(parent, "store-"));
  const folder = mkdtempSync(join(parent, "written-"));
  try {
    await using store = await openStoreOf(subject, open);
    const name = readdirSync(join(open, "store")).find((name) => name.endsWith(".log"));
    if (name === undefined) return null;
    const file = join("store", name);
    const users = Array.from({ length: USERS }, (_, index) => seededUser(DEFAULT_SEED, index));
    const endBytes = [fileBytes(join(open, file))];
    for (const user of users) {
      await store.insert(user);
      endBytes.push(fileBytes(join(open, file)));
    }
    cpSync(open, folder, { recursive: true });
    assertGrows(join(folder, file), endBytes);
    return { users, folder, file, endBytes };
  } finally {
    rmSync(open, { recursive: true });
  }
}

function assertGrows(file: string, endBytes: readonly number[]): void {
  const isLonger = endBytes.every((bytes, index) => index === 0 || bytes > (endBytes[index - 1] as number));
  if (!isLonger || readFileSync(file).length !== endBytes.at(-1))
    throw new Error(`${file}: expected to grow with each user`);
}
