// Control: binary search whose two files stay open, to measure what opening and closing them on each read costs. It
// never sees files that are put in place of these, which is why the approach itself does not do it.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { ENTRY_BYTES, entryId, entryOffset, padId } from "../../services/storage/index-entry.ts";
import { readRecord } from "../../services/storage/indexed-files.ts";
import type { User } from "../../services/storage/user.ts";

export interface HeldBinary extends Disposable {
  readonly findById: (id: string) => User | null;
}

/** Opens users.idx and users.jsonl of a folder. */
export function openHeldBinary(dataDir: string): HeldBinary {
  const indexFd = openSync(join(dataDir, "users.idx"), "r");
  const dataFd = openSync(join(dataDir, "users.jsonl"), "r");
  const entries = Math.floor(fstatSync(indexFd).size / ENTRY_BYTES);
  return {
    findById(id) {
      const wanted = padId(id);
      const entry = Buffer.allocUnsafe(ENTRY_BYTES);
      let low = 0;
      let high = entries - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        readSync(indexFd, entry, 0, ENTRY_BYTES, middle * ENTRY_BYTES);
        const found = entryId(entry);
        if (found === wanted) return readRecord(dataFd, id, entryOffset(entry)).user;
        if (found < wanted) low = middle + 1;
        else high = middle - 1;
      }
      return null;
    },
    [Symbol.dispose]() {
      closeSync(indexFd);
      closeSync(dataFd);
    },
  };
}
