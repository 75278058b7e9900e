// A file that is held open for appending, one write() for each piece.
import { existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./sync-folder.ts";

export interface HeldFile {
  /** Appends, and returns when the system has all of it; with `syncs`, when the disk has. @throws Error when it has not */
  readonly append: (text: string) => Promise<void>;
  /** The flags that the system says the descriptor has, such as "O_WRONLY|O_APPEND"; null where it says nothing. */
  readonly readFlags: () => string | null;
  readonly close: () => Promise<void>;
}

/** Opens a file, and creates it when it is missing.
 * @param syncs whether each append waits for the disk (fdatasync) */
export async function openHeldFile(file: string, syncs: boolean): Promise<HeldFile> {
  const isNew = !existsSync(file);
  const handle = await open(file, "a");
  try {
    // What an earlier process has left unsynced is served from now on, and must not vanish any more.
    if (syncs) await handle.datasync();
    if (syncs && isNew) await syncFolder(dirname(file));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    async append(text) {
      const bytes = Buffer.from(text);
      // Only one complete write() keeps what other processes append apart from it, so a short one is no reason for a second.
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten !== bytes.length)
        throw new Error(`${file}: the system took ${bytesWritten} of ${bytes.length} bytes`);
      if (syncs) await handle.datasync();
    },
    readFlags: () => readOpenFlags(handle.fd),
    close: () => handle.close(),
  };
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
