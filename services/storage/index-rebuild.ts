// Making users.idx anew from itself and from what stands behind it in users.jsonl, which stays as it is: an index leads to its
// records wherever they are, so a file to which users are only appended never has to be sorted.
import { closeSync, fdatasyncSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { findFirst } from "./find-first.ts";
import { ENTRY_BYTES, formatEntry, ID_BYTES } from "./index-entry.ts";
import { readReach, readTail } from "./index-tail.ts";
import { openSource } from "./jsonl-growth.ts";
import { replaceFile } from "./replaced-file.ts";
import { createWorkFolder } from "./work-folder.ts";

const ENTRIES_PER_READ = 16 * 1024;

export interface RebuildOptions {
  readonly dataFile: string;
  readonly indexFile: string;
  /** The index has every id of the records before this byte. Where it is left out, those as far as the index reaches. */
  readonly fromByte?: number;
  /** Records that begin at this byte of the data file, or behind it, are left for the next time. */
  readonly untilByte: number;
}

/**
 * Merges the tail into the index: all entries are read once and written once. Of several records with one id the first in the
 * file keeps its entry. A reader sees the old index or the new one; killed, it leaves the old one, and a folder beside it that
 * the next rebuild removes. What the new index leads to is on the disk before it is.
 * @returns entries of the new index
 */
export async function rebuildIndex({
  dataFile,
  indexFile,
  fromByte = readReach(indexFile, dataFile),
  untilByte,
}: RebuildOptions): Promise<number> {
  const added = await readNewEntries(dataFile, fromByte, untilByte);
  syncFile(dataFile);
  using folder = createWorkFolder(indexFile);
  const unfinished = join(folder.path, basename(indexFile));
  const entries = mergeInto(unfinished, indexFile, added);
  replaceFile(unfinished, indexFile);
  return entries;
}

/** Returns the entries of the tail in the order of their ids, the first of each id. */
async function readNewEntries(dataFile: string, from: number, until: number): Promise<string[]> {
  const byId = new Map<string, string>();
  for await (const users of readTail(dataFile, from, until))
    for (const { user, byte } of users) if (!byId.has(user.id)) byId.set(user.id, formatEntry(user.id, byte));
  return [...byId.values()].sort();
}

function mergeInto(newFile: string, oldFile: string, added: readonly string[]): number {
  using old = openSource(oldFile);
  const fd = openSync(newFile, "wx");
  const output = createWriter(fd);
  try {
    let next = 0;
    const slice = Buffer.allocUnsafe(ENTRIES_PER_READ * ENTRY_BYTES);
    for (let at = 0; old !== null && at < old.size; at += slice.length) {
      const bytes = readSync(old.fd, slice, 0, Math.min(slice.length, old.size - at), at);
      const lastId = idOf(slice.toString("latin1", bytes - ENTRY_BYTES, bytes));
      let start = 0;
      for (; next < added.length && idOf(added[next] as string) <= lastId; next++) {
        const entry = Buffer.from(added[next] as string, "latin1");
        const end = findPlace(slice, start, bytes, entry);
        output.write(slice, start, end);
        start = end;
        if (slice.compare(entry, 0, ID_BYTES, start, start + ID_BYTES) !== 0)
          output.write(entry, 0, ENTRY_BYTES);
      }
      output.write(slice, start, bytes);
    }
    for (; next < added.length; next++)
      output.write(Buffer.from(added[next] as string, "latin1"), 0, ENTRY_BYTES);
    output.flush();
    fsyncSync(fd);
    return output.bytes() / ENTRY_BYTES;
  } finally {
    closeSync(fd);
  }
}

const idOf = (entry: string) => entry.slice(0, ID_BYTES);

/** Returns where the first entry from `low` on begins whose id is not before that of another. */
function findPlace(entries: Buffer, low: number, end: number, wanted: Buffer): number {
  const isNotBefore = (place: number) => {
    const at = low + place * ENTRY_BYTES;
    return entries.compare(wanted, 0, ID_BYTES, at, at + ID_BYTES) >= 0;
  };
  return low + findFirst((end - low) / ENTRY_BYTES, isNotBefore) * ENTRY_BYTES;
}

function createWriter(fd: number) {
  const buffer = Buffer.allocUnsafe(ENTRIES_PER_READ * ENTRY_BYTES);
  let [filled, written] = [0, 0];
  function flush(): void {
    for (let at = 0; at < filled; ) at += writeSync(fd, buffer, at, filled - at);
    written += filled;
    filled = 0;
  }
  return {
    flush,
    write(bytes: Buffer, start: number, end: number): void {
      if (end - start > buffer.length - filled) flush();
      bytes.copy(buffer, filled, start, end);
      filled += end - start;
    },
    bytes: () => written + filled,
  };
}

function syncFile(file: string): void {
  const fd = openSync(file, "r+");
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
