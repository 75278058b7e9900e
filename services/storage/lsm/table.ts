// A sorted table, written from start to end and never again. Each block is a line like a record of the log, with users in the order
// of their ids. The last line has the index of the blocks and a Bloom filter: these are in memory while the table is open, the
// blocks on the disk.
import { closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { crc32 } from "node:zlib";
import { DamagedData } from "../faults.ts";
import { findFirst } from "../find-first.ts";
import { readExactly } from "../read-bytes.ts";
import type { User } from "../user.ts";
import { checkLine } from "./log.ts";

/** A block is closed with the user that makes it so long: a read fetches one block, and the index has one id for each. */
export const BLOCK_BYTES = 4_096;

/** The last line: how many users there are; the first id of each block, and the byte at which it begins; the filter in base64. A
 * block ends where the next begins. */
export type TableIndex = Readonly<{ users: number; ids: string[]; starts: number[]; filter: string }>;

export type Table = ReturnType<typeof openTable>;

/**
 * Opens a table for reading.
 * @param dataBytes where its index begins
 * @throws DamagedData when it is not there, or its index is not as it was written
 */
export function openTable(file: string, dataBytes: number) {
  if (!existsSync(file)) throw new DamagedData(`${file} is missing; the manifest has it`);
  using opening = new DisposableStack();
  const fd = opening.adopt(openSync(file, "r"), closeSync);

  function readLine(start: number, end: number, buffer?: Buffer<ArrayBuffer>): Buffer {
    const json = checkLine(readExactly(fd, start, Math.max(0, end - start), buffer));
    if (json !== null) return json;
    throw new DamagedData(`${file}, byte ${start}: the checksum is not that of the line`);
  }

  const bytes = fstatSync(fd).size;
  const { users, ids, starts, filter }: TableIndex = JSON.parse(readLine(dataBytes, bytes).toString());
  const bits = Buffer.from(filter, "base64");
  /** For one block after another: whoever reads one makes text of it before anybody else reads. */
  let scratch = Buffer.allocUnsafeSlow(2 * BLOCK_BYTES);
  function readBlock(block: number): Buffer {
    const start = starts[block] as number;
    const end = starts[block + 1] ?? dataBytes;
    if (end - start > scratch.length) scratch = Buffer.allocUnsafeSlow(end - start);
    return readLine(start, end, scratch);
  }

  const opened = opening.move();
  return {
    ...{ file, dataBytes, bytes, users },
    /** Whether a user may be in the table, by its filter. */
    mayHold: (hash: number) => mayHold(bits, hash),
    /** Looks into the one block in which an id can be. @throws DamagedData when the block is not as it was written */
    read(id: string): User | null {
      const block = findFirst(ids.length, (place) => (ids[place] as string) > id) - 1;
      return block === -1 ? null : findInBlock(readBlock(block), id);
    },
    /** Yields all users, sorted by id. */
    *readAll(): Generator<User> {
      for (const block of ids.keys()) yield* JSON.parse(readBlock(block).toString()) as User[];
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}

/** In JSON the quotes of a user's own text are escaped, so what begins a user, and what is between two, is nowhere else. */
function findInBlock(users: Buffer, id: string): User | null {
  const start = users.indexOf(`{"id":${JSON.stringify(id)},`);
  if (start === -1) return null;
  const next = users.indexOf(',{"id":', start);
  return JSON.parse(users.toString("utf8", start, next === -1 ? users.length - 1 : next));
}

// A Bloom filter says for certain that an id is not in a table, or that it may be. Each id sets a bit for each of PROBES; one that
// finds a bit unset was never added.
//
// With b bits for each id and k probes a bit stays unset with probability e^(-k/b), so an id that is not there finds all its k
// bits set with (1 - e^(-k/b))^k. That is least for k = b ln 2: for 10 bits k = 7, and 0.8 %.

export const BITS_PER_ID = 10;
const PROBES = [0, 1, 2, 3, 4, 5, 6];

/** Returns the 32 bits from which all probes for an id are made. Two ids that have the same are one to a filter: among 1.8 million,
 * the users of a table of 256 MB, that adds 0.04 % to the 0.8. */
export const hashId = (id: string) => crc32(id);

/** Returns a filter for at most so many ids, all bits unset. */
export const createFilter = (ids: number) => Buffer.alloc(Math.max(8, Math.ceil((ids * BITS_PER_ID) / 8)));

export function addToFilter(filter: Uint8Array, hash: number): void {
  for (const probe of PROBES) {
    const bit = findBit(filter, hash, probe);
    filter[bit >>> 3] = (filter[bit >>> 3] as number) | (1 << (bit & 7));
  }
}

/** Whether an id may be among those that were added; false is certain. */
export function mayHold(filter: Uint8Array, hash: number): boolean {
  return PROBES.every((probe) => {
    const bit = findBit(filter, hash, probe);
    return ((filter[bit >>> 3] as number) & (1 << (bit & 7))) !== 0;
  });
}

function findBit(filter: Uint8Array, hash: number, probe: number): number {
  // Ids that begin at one bit by chance go on to others. An odd step comes to as many as there are.
  const step = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) | 1;
  return ((hash + probe * step) >>> 0) % (filter.length * 8);
}
