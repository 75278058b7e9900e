// Writes a sorted table, from start to end, and never again.
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { syncFolderNow } from "../sync-folder.ts";
import { addToFilter, createFilter, hashId } from "./bloom-filter.ts";
import { BLOCK_BYTES, type TableFacts } from "./table-facts.ts";

/** Written at a time. */
const CHUNK_BYTES = 1 << 20;

/** A user of a table, as the line that it is in there. */
export interface Entry {
  readonly id: string;
  /** JSON, with the id first. */
  readonly text: string;
}

/**
 * Writes a table and waits until the disk has it. Blocks the thread. Nothing is left of one that cannot be written.
 * @param entries sorted by id, each id once
 * @param maxUsers how many there may be, for the size of the filter
 */
export function writeTable(
  file: string,
  entries: Iterable<Entry>,
  maxUsers: number,
): Omit<TableFacts, "number"> {
  const fd = openSync(file, "wx");
  try {
    const filter = createFilter(maxUsers);
    const index = { ids: [] as string[], bytes: [] as number[], checksums: [] as number[] };
    let [users, dataBytes] = [0, 0];
    let chunk: Buffer[] = [];
    let chunkBytes = 0;
    const flush = () => {
      writeAll(fd, Buffer.concat(chunk));
      [chunk, chunkBytes] = [[], 0];
    };
    for (const { firstId, text } of cutBlocks(entries, (id) => {
      addToFilter(filter, hashId(id));
      users++;
    })) {
      const block = Buffer.from(text);
      index.ids.push(firstId);
      index.bytes.push(dataBytes);
      index.checksums.push(crc32(block));
      dataBytes += block.length;
      chunk.push(block);
      chunkBytes += block.length;
      if (chunkBytes >= CHUNK_BYTES) flush();
    }
    flush();
    const indexText = Buffer.from(JSON.stringify(index));
    writeAll(fd, indexText);
    writeAll(fd, filter);
    fsyncSync(fd);
    const checksum = crc32(filter, crc32(indexText));
    return { users, dataBytes, indexBytes: indexText.length, filterBytes: filter.length, checksum };
  } catch (error) {
    rmSync(file);
    throw error;
  } finally {
    closeSync(fd);
    syncFolderNow(dirname(file));
  }
}

/** Cuts entries into blocks of lines. */
function* cutBlocks(
  entries: Iterable<Entry>,
  onEntry: (id: string) => void,
): Generator<{ readonly firstId: string; readonly text: string }> {
  let [firstId, text] = ["", ""];
  for (const entry of entries) {
    onEntry(entry.id);
    if (text === "") firstId = entry.id;
    text += `${entry.text}\n`;
    if (text.length < BLOCK_BYTES) continue;
    yield { firstId, text };
    text = "";
  }
  if (text !== "") yield { firstId, text };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
