import { readFileSync } from "node:fs";

/** Reads what the system says in a file of /proc or /sys, without the newline at its end; null where it says nothing. */
export type ReadText = (path: string) => string | null;

export const readSystemText: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return null;
  }
};
