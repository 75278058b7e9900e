// Faults of a disk, put between a service and its files from outside.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { LifeOptions } from "./living-subject.ts";

const run = promisify(execFile);

/** Runs a program for which a write beyond the largest size of a file is an error, and not its end. */
export const RUN_LIMITED = ["sh", "-c", `trap '' XFSZ; exec "$@"`, "sh", process.execPath];

/** Says why the size of files cannot be limited here; null where it can. */
export async function findFaultTools(): Promise<string | null> {
  if (process.platform !== "linux") return "only Linux has prlimit";
  return run("prlimit", ["--version"]).then(
    () => null,
    () => "prlimit is not on the PATH",
  );
}

/** Limits how large a process may make files; null for any size. A write across the limit is taken up to it. */
export async function limitFileSize(pid: number, bytes: number | null): Promise<void> {
  await run("prlimit", ["--pid", String(pid), `--fsize=${bytes ?? "unlimited"}:`]);
}

/**
 * Lets a call of a service fail with EIO, once, and all others be.
 * @param nth which of the calls, of one thread; the pool has one, so that it is that of all
 * @param file whose calls are counted, absolute; it must be there, or nothing fails. Null for all files
 */
export function failCalls(
  calls: readonly string[],
  nth: number,
  file: string | null,
): Pick<LifeOptions, "runner" | "settings"> {
  const names = calls.join(",");
  const paths = file === null ? [] : ["-P", file];
  const rules = ["-e", `trace=${names}`, "-e", `inject=${names}:error=EIO:when=${nth}`];
  return {
    // -D keeps the service the lab's own child, and the tracer beside it.
    runner: ["strace", "-D", "-f", "-qq", "-o", "/dev/null", ...paths, ...rules, process.execPath],
    settings: { UV_THREADPOOL_SIZE: "1" },
  };
}
