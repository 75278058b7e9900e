// Which part of a file is in memory: Linux's page cache, asked by `fincore`, emptied by `dd` (both of every Linux with
// util-linux and coreutils; neither needs root for one's own files).
import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, openSync } from "node:fs";

/** Less of a file than this in memory counts as none: the end of a read-ahead may come late. */
const COLD_SHARE = 0.01;

/** A file's pages. */
export interface PageCount {
  readonly pages: number;
  readonly resident: number;
}

/** Counts pages of a file. Null where the system cannot say. */
export function countPages(file: string): PageCount | null {
  try {
    const text = execFileSync("fincore", ["--bytes", "--noheadings", "--output", "PAGES,SIZE", file], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [resident, bytes] = text.trim().split(/\s+/).map(Number) as [number, number];
    return { pages: Math.ceil(bytes / readPageBytes()), resident };
  } catch {
    return null;
  }
}

function readPageBytes(): number {
  return Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));
}

/** Takes a file out of memory, and looks whether it is gone: some file systems are memory. Only reads the file. */
export function dropPages(file: string): boolean {
  try {
    syncPages(file);
    // With count=0 this is posix_fadvise(DONTNEED) on the whole file.
    execFileSync("dd", [`if=${file}`, "of=/dev/null", "iflag=nocache", "count=0"], { stdio: "ignore" });
  } catch {
    return false;
  }
  const count = countPages(file);
  return count !== null && count.resident <= count.pages * COLD_SHARE;
}

/** Pages that the disk does not have yet stay in memory. */
function syncPages(file: string): void {
  const fd = openSync(file, "r");
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
