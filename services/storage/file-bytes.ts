import { statSync } from "node:fs";

/** Returns the size of a file, 0 when there is none. */
export function fileBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
