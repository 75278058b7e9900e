import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileBytes } from "./file-bytes.ts";

/** Returns the bytes of the files of a folder. */
export function folderBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + fileBytes(join(folder, name)), 0);
}
