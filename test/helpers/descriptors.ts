// What this process has open, for tests that take it away from whoever uses it. Only Linux tells.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** For a test's `skip`. */
export const withoutDescriptors =
  process.platform === "linux" ? false : "not run: only Linux tells what a process has open";

const OWN = "/proc/self/fd";
/** The bits of a descriptor's flags that say what it may be used for, and what they are when it is to write alone. */
const [ACCESS, WRITE_ONLY] = [3, 1];

/** Returns the descriptor that is open on a file whose path ends so.
 * @param isWriteOnly whether it is for writing alone, where two are open on one file
 * @throws Error when there is none */
export function findDescriptor(ending: string, isWriteOnly: boolean): number {
  for (const fd of readdirSync(OWN)) {
    try {
      if (!readlinkSync(join(OWN, fd)).endsWith(ending)) continue;
      const flags = Number.parseInt(
        /flags:\s*(\d+)/.exec(readFileSync(`${OWN}info/${fd}`, "utf8"))?.[1] ?? "",
        8,
      );
      if (((flags & ACCESS) === WRITE_ONLY) === isWriteOnly) return Number(fd);
    } catch {} // That of the list itself is closed by now.
  }
  throw new Error(`no descriptor is open on ${ending}`);
}

/** Puts the device that takes all and syncs nothing behind a descriptor: a write succeeds, and fdatasync fails (EINVAL). */
export function makeUnsyncable(fd: number): void {
  closeSync(fd);
  // The system gives the lowest number that is free.
  const lower = [openSync("/dev/null", "r+")];
  while (lower.at(-1) !== fd) lower.push(openSync("/dev/null", "r+"));
  for (const other of lower.slice(0, -1)) closeSync(other);
}
