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
/** What could not be opened is tried again after so long, and after twice as long each time that fails, up to the second of these:
 * RocksDB leaves a file of 20 kB at each. */
const [RETRY_MS, RETRY_MAX_MS] = [1_000, 30_000];

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
  /** Resolves when `write` may be asked. @throws StoreUnavailable when the engine cannot be opened anew yet. If it had to be closed
   * for that, it is tried again without anybody asking, for nothing can be read until then */
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
  let [isSound, isOpen, isEnding] = [true, true, false];
  let retry: NodeJS.Timeout | undefined;
  let retryMs = RETRY_MS;

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
    if (isEnding) throw new StoreUnavailable(`${name} is being closed`);
    try {
      // While it is open, what it has is served.
      if (!hasRoomToStart(folder)) throw new Error("there is no space to start again");
      isOpen = false;
      await close();
      await open();
    } catch (error) {
      if (!isOpen) tryLater();
      const reason = (error as Error).message;
      throw new StoreUnavailable(`${name} is not started again after a failed write: ${reason}`, {
        cause: error,
      });
    }
    [isSound, isOpen, retryMs] = [true, true, RETRY_MS];
  });

  function tryLater(): void {
    if (isEnding) return;
    retry = setTimeout(() => {
      retry = undefined;
      // Who asks meanwhile is told.
      reopen().catch(() => {});
    }, retryMs).unref();
    retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
  }

  return {
    write: group.add,
    mend: async () => {
      if (isSound) return;
      if (retry !== undefined) throw new StoreUnavailable(`${name} is to start again in a moment`);
      await reopen();
    },
    async [Symbol.asyncDispose]() {
      isEnding = true;
      clearTimeout(retry);
      await group.settle();
      // One that is under way would open what is closed here.
      await reopen().catch(() => {});
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
