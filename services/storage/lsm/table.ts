// A sorted table, written from start to end and never again. In its file stand, one behind the other: the users, one as JSON a
// line, in the order of their ids and cut into blocks; the index of the blocks; a Bloom filter. Index and filter of an open one
// are in memory, the blocks on the disk.
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { DamagedData } from "../faults.ts";
import { readExactly } from "../read-bytes.ts";
import { syncFolderNow } from "../sync-folder.ts";
import type { User } from "../user.ts";
import { addToFilter, createFilter, hashId, type IdHash, mayHold } from "./bloom-filter.ts";

/** A block is closed with the user that makes it so long: a read fetches one block, and the index has one id for each. */
export const BLOCK_BYTES = 4_096;
const NEWLINE = 0x0a;

/** What the manifest knows of a table. */
export interface TableFacts {
  /** The file's, before ".table". */
  readonly number: number;
  readonly users: number;
  /** Of the users. */
  readonly dataBytes: number;
  /** Of a BlockIndex as JSON. */
  readonly indexBytes: number;
  readonly filterBytes: number;
  /** CRC-32 of index and filter. */
  readonly checksum: number;
}

/** The first id of each block, its place in the file, and its CRC-32. A block ends where the next begins. */
interface BlockIndex {
  readonly ids: string[];
  readonly bytes: number[];
  readonly checksums: number[];
}

/** A user of a table, and the line that it is in there: JSON, with the id first. */
export interface Entry {
  readonly id: string;
  readonly text: string;
}

export interface Table extends Disposable {
  readonly file: string;
  readonly facts: TableFacts;
  /** Whether a user may be in the table, by its filter. */
  readonly mayHold: (hash: IdHash) => boolean;
  /** Looks into the one block in which an id can be. @throws DamagedData when the block is not as it was written */
  readonly read: (id: string) => User | null;
  /** Yields all users, sorted by id. */
  readonly entries: () => Generator<Entry>;
}

export function tableBytes({ dataBytes, indexBytes, filterBytes }: TableFacts): number {
  return dataBytes + indexBytes + filterBytes;
}

/**
 * Writes a table and waits until the disk has it. Blocks the thread. Nothing is left of one that cannot be written.
 * @param entries sorted by id, each id once
 * @param maxUsers how many there may be, for the size of the filter
 */
export function writeTable(
  file: string,
  number: number,
  entries: Iterable<Entry>,
  maxUsers: number,
): TableFacts {
  const fd = openSync(file, "wx");
  try {
    const filter = createFilter(maxUsers);
    const index: BlockIndex = { ids: [], bytes: [], checksums: [] };
    let [users, dataBytes] = [0, 0];
    for (const block of cutBlocks(entries)) {
      const bytes = Buffer.from(block.map(({ text }) => `${text}\n`).join(""));
      writeFileSync(fd, bytes);
      for (const { id } of block) addToFilter(filter, hashId(id));
      index.ids.push((block[0] as Entry).id);
      index.bytes.push(dataBytes);
      index.checksums.push(crc32(bytes));
      users += block.length;
      dataBytes += bytes.length;
    }
    const indexText = Buffer.from(JSON.stringify(index));
    const indexAndFilter = Buffer.concat([indexText, filter]);
    writeFileSync(fd, indexAndFilter);
    fsyncSync(fd);
    syncFolderNow(dirname(file));
    const sizes = { dataBytes, indexBytes: indexText.length, filterBytes: filter.length };
    return { number, users, ...sizes, checksum: crc32(indexAndFilter) };
  } catch (error) {
    rmSync(file);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function* cutBlocks(entries: Iterable<Entry>): Generator<readonly Entry[]> {
  let block: Entry[] = [];
  let length = 0;
  for (const entry of entries) {
    block.push(entry);
    length += entry.text.length + 1;
    if (length < BLOCK_BYTES) continue;
    yield block;
    [block, length] = [[], 0];
  }
  if (block.length > 0) yield block;
}

/** Opens a table for reading. @throws DamagedData when index and filter are not as they were written */
export function openTable(file: string, facts: TableFacts): Table {
  using opening = new DisposableStack();
  const fd = opening.adopt(openSync(file, "r"), closeSync);
  const { index, filter } = readIndex(fd, file, facts);
  const readBlock = (block: number): Buffer => {
    const start = index.bytes[block] as number;
    const end = index.bytes[block + 1] ?? facts.dataBytes;
    const bytes = readExactly(fd, start, end - start);
    if (crc32(bytes) === index.checksums[block]) return bytes;
    throw new DamagedData(`${file}, byte ${start}: the checksum is not that of the block`);
  };
  const opened = opening.move();
  return {
    ...{ file, facts },
    mayHold: (hash) => mayHold(filter, hash),
    read: (id) => {
      const block = findBlock(index.ids, id);
      return block === -1 ? null : findInBlock(readBlock(block), id);
    },
    *entries() {
      for (const block of index.ids.keys())
        for (const text of readBlock(block).toString("utf8").trimEnd().split("\n"))
          yield { id: (JSON.parse(text) as User).id, text };
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function readIndex(fd: number, file: string, { dataBytes, indexBytes, filterBytes, checksum }: TableFacts) {
  const bytes = readExactly(fd, dataBytes, indexBytes + filterBytes);
  if (bytes.length !== indexBytes + filterBytes || crc32(bytes) !== checksum)
    throw new DamagedData(`${file}, byte ${dataBytes}: the checksum is not that of the index and the filter`);
  const index = JSON.parse(bytes.toString("utf8", 0, indexBytes)) as BlockIndex;
  return { index, filter: bytes.subarray(indexBytes) };
}

/** Returns the last block whose first id is not behind this one, -1 when all are. */
function findBlock(ids: readonly string[], id: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as string) <= id) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** In a line the quotes of a user's own text are escaped, so what begins a record is nowhere else. */
function findInBlock(block: Buffer, id: string): User | null {
  const at = block.indexOf(`{"id":${JSON.stringify(id)},`);
  if (at === -1) return null;
  return JSON.parse(block.toString("utf8", at, block.indexOf(NEWLINE, at))) as User;
}
