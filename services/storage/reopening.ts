// An engine that is opened anew after a write that failed: left open, it would take no more of them, or go on behind a record
// that its log has in part, where the next start does not look.
import { readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { StoreUnavailable } from "./faults.ts";
import { fileBytes } from "./file-bytes.ts";
import { createGroupCommit } from "./group-commit.ts";
import { singleFlight } from "./single-flight.ts";
import type { User } from "./user.ts";

/** A start makes a table of the log, and small files: a manifest, which has about 100 bytes for each table, and what RocksDB
 * says of itself, 50 kB. */
const START_ROOM_BYTES = 256 << 10;

/** What is opened anew. Its methods are never asked for while one of them is under way. */
export interface Engine {
  readonly name: string;
  /** Its logs there end in .log. */
  readonly folder: string;
  readonly open: () => Promise<void>;
  /** Of what may be closed already, where it could not be opened since. */
  readonly close: () => Promise<void>;
  /** Stores users whose ids are new, all or none. */
  readonly write: (users: readonly User[]) => Promise<void>;
}

export interface Reopening extends AsyncDisposable {
  /** Writes users, all or none, together with those who come at the same time. Rejects for all of them, and then for all
   * others until `mend` has resolved. */
  readonly write: (users: readonly User[]) => Promise<void>;
  /** Resolves when `write` may be asked. @throws StoreUnavailable when that takes space that the disk does not have */
  readonly mend: () => Promise<void>;
}

/** Opens the engine. @throws Error that names its folder */
export async function openReopening(engine: Engine): Promise<Reopening> {
  const { name, folder, close } = engine;
  const open = () =>
    engine.open().catch((error) => {
      throw new Error(`${folder}: ${error.cause?.message ?? error.message}`, { cause: error });
    });
  await open();
  let isSound = true;

  /** One at a time, so that none is on its way behind one that fails. */
  const group = createGroupCommit<readonly User[]>(async (batches) => {
    if (!isSound) throw new StoreUnavailable("a write before this one has failed");
    try {
      await engine.write(batches.flat());
    } catch (error) {
      isSound = false;
      throw error;
    }
  });

  const reopen = singleFlight(async () => {
    // While it is open, what it has is served.
    if (!hasRoomToStart(folder))
      throw new StoreUnavailable(`${name} has no space to start again after a failed write`);
    await close();
    await open();
    isSound = true;
  });

  return {
    write: group.add,
    mend: async () => {
      if (!isSound) await reopen();
    },
    async [Symbol.asyncDispose]() {
      await group.settle();
      await close();
    },
  };
}

function hasRoomToStart(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  const logs = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const logBytes = logs.reduce((sum, name) => sum + fileBytes(join(folder, name)), 0);
  return bavail * bsize >= logBytes + START_ROOM_BYTES;
}
