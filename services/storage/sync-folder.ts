import { type FileHandle, open } from "node:fs/promises";

/** Waits until the disk has the names of a folder's files: a file's name is in its folder, which is synced for itself. */
export async function syncFolder(folder: string): Promise<void> {
  const handle: FileHandle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
