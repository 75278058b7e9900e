// A sorted table, written from start to end and never again. In its file stand, one behind the other: the users, one as JSON a
// line, in the order of their ids and cut into blocks; the index of the blocks; a Bloom filter. Index and filter of an open one
// are in memory, the blocks on the disk.
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { DamagedData } from "../faults.ts";
import { findFirst } from "../find-first.ts";
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
export type Entry = Readonly<Record<"id" | "text", string>>;

export type Table = ReturnType<typeof openTable>;

export function tableBytes({ dataBytes, indexBytes, filterBytes }: TableFacts): number {
  return dataBytes + indexBytes + filterBytes;
}

/**
 * Writes a table and waits until the disk has it. Blocks the thread. Nothing is left of one that cannot be written.
 * @param entries sorted by id, each id once
 * @param expected how many there are
 * @throws DamagedData when there are others: what a table is made of is removed, and there is nothing else that has it
 */
export function writeTable(file: string, entries: Iterable<Entry>, expected: number) {
  const fd = openSync(file, "wx");
  try {
    const facts = writeParts(fd, entries, expected);
    if (facts.users !== expected)
      throw new DamagedData(`${file}: ${facts.users} users; expected ${expected}`);
    fsyncSync(fd);
    syncFolderNow(dirname(file));
    return facts;
  } catch (error) {
    rmSync(file);
    throw error;
  } finally {
    closeSync(fd);
  }
}

function writeParts(fd: number, entries: Iterable<Entry>, expected: number): Omit<TableFacts, "number"> {
  const filter = createFilter(expected);
  const index: BlockIndex = { ids: [], bytes: [], checksums: [] };
  let [users, dataBytes] = [0, 0];
  for (const block of cutBlocks(entries)) {
    const lines = block.map(({ text }) => `${text}\n`).join("");
    writeFileSync(fd, lines);
    for (const { id } of block) addToFilter(filter, hashId(id));
    index.ids.push((block[0] as Entry).id);
    index.bytes.push(dataBytes);
    index.checksums.push(crc32(lines));
    users += block.length;
    dataBytes += Buffer.byteLength(lines);
  }
  const indexText = Buffer.from(JSON.stringify(index));
  const rest = Buffer.concat([indexText, filter]);
  writeFileSync(fd, rest);
  const sizes = { dataBytes, indexBytes: indexText.length, filterBytes: filter.length };
  return { users, ...sizes, checksum: crc32(rest) };
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

/** Opens a table for reading. @throws DamagedData when it is not there, or index and filter are not as they were written */
export function openTable(file: string, facts: TableFacts) {
  if (!existsSync(file)) throw new DamagedData(`${file} is missing; the manifest has it`);
  using opening = new DisposableStack();
  const fd = opening.adopt(openSync(file, "r"), closeSync);
  const { dataBytes, indexBytes } = facts;
  const rest = readExactly(fd, dataBytes, tableBytes(facts) - dataBytes);
  if (crc32(rest) !== facts.checksum)
    throw new DamagedData(`${file}, byte ${dataBytes}: the checksum is not that of the index and the filter`);
  const index: BlockIndex = JSON.parse(rest.toString("utf8", 0, indexBytes));
  // A copy, for a part of the buffer would keep all of it in memory.
  const filter = new Uint8Array(rest.subarray(indexBytes));

  /** For one block after another: whoever reads one makes text of it before anybody else reads. */
  let scratch = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES);
  function readBlock(block: number): Buffer {
    const start = index.bytes[block] as number;
    const length = (index.bytes[block + 1] ?? dataBytes) - start;
    if (length > scratch.length) scratch = Buffer.allocUnsafeSlow(length);
    const bytes = readExactly(fd, start, length, scratch);
    if (crc32(bytes) === index.checksums[block]) return bytes;
    throw new DamagedData(`${file}, byte ${start}: the checksum is not that of the block`);
  }

  const opened = opening.move();
  return {
    ...{ file, facts },
    /** Whether a user may be in the table, by its filter. */
    mayHold: (hash: IdHash) => mayHold(filter, hash),
    /** Looks into the one block in which an id can be. @throws DamagedData when the block is not as it was written */
    read(id: string): User | null {
      const block = findFirst(index.ids.length, (place) => (index.ids[place] as string) > id) - 1;
      return block === -1 ? null : findInBlock(readBlock(block), id);
    },
    /** Yields all users, sorted by id. */
    *entries(): Generator<Entry> {
      for (const block of index.ids.keys())
        for (const text of readBlock(block).toString("utf8").trimEnd().split("\n"))
          yield { id: (JSON.parse(text) as User).id, text };
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}

/** In a line the quotes of a user's own text are escaped, so what begins a record is nowhere else. */
function findInBlock(block: Buffer, id: string): User | null {
  const at = block.indexOf(`{"id":${JSON.stringify(id)},`);
  return at === -1 ? null : JSON.parse(block.toString("utf8", at, block.indexOf(NEWLINE, at)));
}
