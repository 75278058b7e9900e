// Syncing a log that somebody else in this process writes, here RocksDB, whose package cannot ask for it. RocksDB hands each record
// to the system before it answers, so a sync of the same file by another descriptor gives what its own would.
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "./sync-folder.ts";

/** A file of the folder, and its number, which no other has. */
export interface LogFile {
  readonly path: string;
  readonly number: number;
}

export interface LogSync {
  /** Resolves when the disk has the log that the last write went to. Every log before it must have been synced after each write
   * of its own. */
  readonly sync: (log: LogFile) => Promise<void>;
  /** Lets go of the file. The next sync opens it again. */
  readonly close: () => Promise<void>;
}

export function createLogSync(folder: string): LogSync {
  let held: { readonly file: FileHandle; readonly number: number } | null = null;
  const close = async () => {
    const file = held?.file;
    held = null;
    await file?.close();
  };
  return {
    close,
    async sync({ path, number }) {
      if (held?.number !== number) {
        await close();
        held = { file: await open(join(folder, path), "r+"), number };
        await syncFolder(folder);
      }
      await held.file.datasync();
    },
  };
}
