// The log that is being written. A write or a sync that failed is not tried again: whoever waited is told, and the next write
// begins where the last whole record ends.
import { open } from "node:fs/promises";
import { type HeldFile, openHeldFile } from "../held-file.ts";

export interface LogFile {
  /** Appends a record. @throws Error when it is not where it should be; it is not there then */
  readonly append: (record: string) => Promise<void>;
  /** Bytes of whole records. */
  readonly bytes: () => number;
  /** Waits until the disk has all of it. */
  readonly sync: () => Promise<void>;
  readonly readFlags: () => string | null;
  readonly close: () => Promise<void>;
}

/** Opens a log, and creates it when it is missing.
 * @param bytes of whole records, which is all that is in it
 * @param syncs whether each append waits for the disk */
export async function openLogFile(file: string, bytes: number, syncs: boolean): Promise<LogFile> {
  let held: HeldFile | null = await openHeldFile(file, syncs);
  let wholeBytes = bytes;

  async function reopen(): Promise<HeldFile> {
    await cutFile(file, wholeBytes);
    return openHeldFile(file, syncs);
  }

  return {
    async append(record) {
      const current: HeldFile = held ?? (await reopen());
      held = null;
      try {
        await current.append(record);
        wholeBytes += Buffer.byteLength(record);
        held = current;
      } finally {
        if (held === null) await current.close().catch(() => {});
      }
    },
    bytes: () => wholeBytes,
    sync: () => cutFile(file, wholeBytes),
    readFlags: () => held?.readFlags() ?? null,
    close: async () => held?.close(),
  };
}

/** Cuts off what is behind so many bytes, and waits until the disk has the file so. */
export async function cutFile(file: string, bytes: number): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
