// A sorted table, open for reading: the index of its blocks and its Bloom filter in memory, the blocks on the disk.
import { closeSync, openSync } from "node:fs";
import { crc32 } from "node:zlib";
import { DamagedData } from "../faults.ts";
import { readExactly } from "../read-bytes.ts";
import type { User } from "../user.ts";
import { type IdHash, mayHold } from "./bloom-filter.ts";
import type { BlockIndex, TableFacts } from "./table-facts.ts";
import type { Entry } from "./table-writer.ts";

const NEWLINE = 0x0a;

export interface Table {
  readonly file: string;
  readonly facts: TableFacts;
  /** Whether a user may be in the table, by its filter. */
  readonly mayHold: (hash: IdHash) => boolean;
  /** Looks into the one block in which an id can be. @throws DamagedData when the block is not as it was written */
  readonly read: (id: string) => User | null;
  /** Yields all users, sorted by id. */
  readonly entries: () => Generator<Entry>;
  readonly close: () => void;
}

/** @throws DamagedData when index and filter are not as they were written */
export function openTable(file: string, facts: TableFacts): Table {
  const fd = openSync(file, "r");
  try {
    const { index, filter } = readIndex(fd, file, facts);
    const readBlock = (block: number): Buffer => {
      const start = index.bytes[block] as number;
      const end = index.bytes[block + 1] ?? facts.dataBytes;
      const bytes = readExactly(fd, start, end - start);
      if (crc32(bytes) !== index.checksums[block])
        throw new DamagedData(`${file}, byte ${start}: the checksum is not that of the block`);
      return bytes;
    };
    return {
      file,
      facts,
      mayHold: (hash) => mayHold(filter, hash),
      read: (id) => {
        const block = findBlock(index.ids, id);
        return block === -1 ? null : findInBlock(readBlock(block), id);
      },
      *entries() {
        for (let block = 0; block < index.ids.length; block++)
          for (const text of readBlock(block).toString("utf8").trimEnd().split("\n"))
            yield { id: (JSON.parse(text) as User).id, text };
      },
      close: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
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
