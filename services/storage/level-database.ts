// A LevelDB that is opened anew after a write that failed. The engine itself goes on behind a record that its log has in part,
// and the next start drops all that stands behind that; after a sync that failed it takes no more writes.
import { readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel, type OpenOptions } from "classic-level";
import { StoreUnavailable } from "./faults.ts";
import { fileBytes } from "./file-bytes.ts";
import { createGroupCommit } from "./group-commit.ts";
import { singleFlight } from "./single-flight.ts";
import { toPlainUser, type User } from "./user.ts";

/** A start makes a table of the log, and a manifest, which has about 100 bytes for each table. */
const MANIFEST_ROOM_BYTES = 256 << 10;

export interface LevelDatabase extends AsyncDisposable {
  /** Its methods throw while it is being opened anew. */
  readonly db: ClassicLevel<string, User>;
  /** Writes users, all or none, together with those who come at the same time. Rejects for all of them, and then for all
   * others until `mend` has resolved. */
  readonly write: (users: readonly User[]) => Promise<void>;
  /** Resolves when `write` may be asked. @throws StoreUnavailable when that takes space that the disk does not have */
  readonly mend: () => Promise<void>;
}

/** @throws Error that names the folder */
export async function openLevelDatabase(
  folder: string,
  settings: OpenOptions,
  sync: boolean,
): Promise<LevelDatabase> {
  const db = new ClassicLevel<string, User>(folder, { valueEncoding: "json" });
  const open = () =>
    db.open(settings).catch((error) => {
      throw new Error(`${folder}: ${error.cause?.message ?? error.message}`, { cause: error });
    });
  await open();
  let isSound = true;

  /** One at a time, so that none is on its way behind one that fails. */
  const group = createGroupCommit<readonly User[]>(async (batches) => {
    if (!isSound) throw new StoreUnavailable("a write before this one has failed");
    try {
      const puts = batches
        .flat()
        .map((user) => ({ type: "put", key: user.id, value: toPlainUser(user) }) as const);
      await db.batch(puts, { sync });
    } catch (error) {
      isSound = false;
      throw error;
    }
  });

  const reopen = singleFlight(async () => {
    // While it is open, what it has is served.
    if (!hasRoomToStart(folder))
      throw new StoreUnavailable("LevelDB has no space to start again after a failed write");
    await db.close();
    await open();
    isSound = true;
  });

  return {
    db,
    write: group.add,
    mend: async () => {
      if (!isSound) await reopen();
    },
    async [Symbol.asyncDispose]() {
      await group.settle();
      await db.close();
    },
  };
}

function hasRoomToStart(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  const logs = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const logBytes = logs.reduce((sum, name) => sum + fileBytes(join(folder, name)), 0);
  return bavail * bsize >= logBytes + MANIFEST_ROOM_BYTES;
}
