// A file that is held open for appending, one write() for each piece. A write or a sync that failed is not tried again: a system
// that could not write pages may forget that it had to, and call the second sync a success. The descriptor is closed, and the
// next append begins with the file as it is then, and with its end repaired.
import { existsSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./sync-folder.ts";

export interface HeldFile {
  /** Appends, and returns when the system has all of it; with `syncs`, when the disk has. For one at a time.
   * @throws Error when it has not */
  readonly append: (text: string) => Promise<void>;
  /** The flags that the system says the descriptor has, such as "O_WRONLY|O_APPEND"; "not open" where it says nothing. */
  readonly readFlags: () => string;
  readonly close: () => Promise<void>;
}

/** Opens a file, and creates it when it is missing.
 * @param syncs whether each append waits for the disk (fdatasync)
 * @param repair called after an append that failed, before the next: takes away what there is of it, or ends it */
export async function openHeldFile(
  file: string,
  syncs: boolean,
  repair: () => Promise<void>,
): Promise<HeldFile> {
  let handle = await openToAppend(file, syncs);
  let isSound = true;
  return {
    async append(text) {
      if (!isSound) {
        await repair();
        handle = await openToAppend(file, syncs);
      }
      isSound = false;
      try {
        const bytes = Buffer.from(text);
        // Only one complete write() keeps what other processes append apart from it, so a short one is no reason for a second.
        const { bytesWritten } = await handle.write(bytes);
        if (bytesWritten !== bytes.length)
          throw new Error(`${file}: the system took ${bytesWritten} of ${bytes.length} bytes`);
        if (syncs) await handle.datasync();
        isSound = true;
      } finally {
        if (!isSound) await handle.close().catch(() => {});
      }
    },
    readFlags: () => readOpenFlags(handle.fd) ?? "not open",
    close: () => handle.close(),
  };
}

async function openToAppend(file: string, syncs: boolean): Promise<FileHandle> {
  const handle = await open(file, "a");
  try {
    // What an earlier process has left unsynced, the file's name as well, is served from now on, and must not vanish any more.
    if (syncs) await handle.datasync();
    if (syncs) await syncFolder(dirname(file));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** As <asm-generic/fcntl.h> has them, for x86-64 and ARM64 alike. */
const ACCESS_MODES = ["O_RDONLY", "O_WRONLY", "O_RDWR"];
const FLAGS = { O_APPEND: 0o2000, O_DSYNC: 0o10000 };

/** Asks Linux how a descriptor is open. */
function readOpenFlags(fd: number): string | null {
  const info = `/proc/self/fdinfo/${fd}`;
  if (!existsSync(info)) return null;
  const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(readFileSync(info, "utf8"))?.[1] ?? "", 8);
  const names = Object.entries(FLAGS).flatMap(([name, bit]) => ((flags & bit) !== 0 ? [name] : []));
  return [ACCESS_MODES[flags & 3], ...names].join("|");
}
