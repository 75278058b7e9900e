// Lines of JSON in memory as the bytes that they are, and a table of where each begins, by its id. No object and no string is
// kept for a line, so a million of them cost the garbage collector as much as none.
//
// The table is an open-addressing one: the slot of an id is the first that is free, or has its line, from where the hash of its
// bytes points. A slot has one 32-bit number: the place of the line, plus one; 0 is free.
const QUOTE = 0x22;
const NEWLINE = 0x0a;
/** How every line begins. */
const LINE_START_BYTES = '{"id":"'.length;
/** The bytes of lines are kept in pieces of this. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** Places are numbers of 32 bits, and one of them means that there is none. */
const PLACES_MAX = 2 ** 32 - 1;
/** A table that is fuller than this grows: with more, what is searched for lies far from where it was sought first. */
const MAX_FILL = 0.6;
/** A search ends at a free slot, so one must be left whatever is added before the table grows. */
const SLOTS_MIN = 16;

export interface LineTable {
  /** Takes a chunk whose lines are going to be added. Returns the place of its first byte.
   * @throws RangeError when there is no place for it any more */
  readonly take: (chunk: Buffer) => number;
  /** Adds the line at a place of a chunk that was taken, unless there is one with its id: the first counts. The line begins
   * with {"id":" and ends with a newline. @param idEnd place behind the id */
  readonly add: (start: number, idEnd: number) => void;
  /** Copies a line and adds it. */
  readonly append: (line: string) => void;
  /** Returns the line that has this id, without its end. */
  readonly find: (id: string) => string | null;
  /** Lines that were added. */
  readonly count: () => number;
  /** Bytes of all chunks and of the table. */
  readonly bytes: () => number;
}

/** @param expected lines for which there is to be room from the beginning */
export function createLineTable(expected: number): LineTable {
  /** By place / CHUNK_BYTES; a chunk that is longer stands there as often as it takes. */
  const chunks: Buffer[] = [];
  const firstPlaces: number[] = [];
  let slots = new Uint32Array(roomFor(expected));
  let count = 0;
  let [appended, appendedFrom, appendedBytes] = [Buffer.alloc(0), 0, 0];

  function take(chunk: Buffer): number {
    const first = chunks.length * CHUNK_BYTES;
    if (first + chunk.length > PLACES_MAX)
      throw new RangeError("there is room for 4 GiB of lines, not for more");
    for (let bytes = 0; bytes < chunk.length; bytes += CHUNK_BYTES) {
      chunks.push(chunk);
      firstPlaces.push(first);
    }
    return first;
  }

  /** Returns the slot of the line that has the id in these bytes, or of none: where it would be. */
  function findSlot(bytes: Uint8Array, start: number, end: number): number {
    const mask = slots.length - 1;
    const length = end - start;
    let slot = hashOf(bytes, start, end) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const place = (slots[slot] as number) - 1;
      if (place === -1) return slot;
      const piece = Math.floor(place / CHUNK_BYTES);
      const chunk = chunks[piece] as Buffer;
      const at = place - (firstPlaces[piece] as number) + LINE_START_BYTES;
      if (chunk[at + length] !== QUOTE) continue;
      let same = 0;
      while (same < length && chunk[at + same] === bytes[start + same]) same++;
      if (same === length) return slot;
    }
  }

  function add(start: number, idEnd: number): void {
    if (count >= slots.length * MAX_FILL) grow();
    const piece = Math.floor(start / CHUNK_BYTES);
    const first = firstPlaces[piece] as number;
    const slot = findSlot(chunks[piece] as Buffer, start - first + LINE_START_BYTES, idEnd - first);
    if (slots[slot] !== 0) return;
    slots[slot] = start + 1;
    count++;
  }

  function grow(): void {
    const old = slots;
    slots = new Uint32Array(2 * old.length);
    for (const entry of old) {
      if (entry === 0) continue;
      const piece = Math.floor((entry - 1) / CHUNK_BYTES);
      const chunk = chunks[piece] as Buffer;
      const idStart = entry - 1 - (firstPlaces[piece] as number) + LINE_START_BYTES;
      slots[findSlot(chunk, idStart, findIdEnd(chunk, idStart))] = entry;
    }
  }

  return {
    take,
    add,
    append(line) {
      const bytes = Buffer.from(`${line}\n`);
      if (appendedBytes + bytes.length > appended.length) {
        appended = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes.length));
        appendedFrom = take(appended);
        appendedBytes = 0;
      }
      bytes.copy(appended, appendedBytes);
      const start = appendedFrom + appendedBytes;
      add(start, start + findIdEnd(bytes, LINE_START_BYTES));
      appendedBytes += bytes.length;
    },
    find(id) {
      const quoted = Buffer.from(JSON.stringify(id));
      const entry = slots[findSlot(quoted, 1, quoted.length - 1)] as number;
      if (entry === 0) return null;
      const piece = Math.floor((entry - 1) / CHUNK_BYTES);
      const chunk = chunks[piece] as Buffer;
      const start = entry - 1 - (firstPlaces[piece] as number);
      return chunk.toString("utf8", start, chunk.indexOf(NEWLINE, start));
    },
    count: () => count,
    bytes: () => [...new Set(chunks)].reduce((sum, { length }) => sum + length, slots.byteLength),
  };
}

function roomFor(lines: number): number {
  return Math.max(SLOTS_MIN, 2 ** Math.ceil(Math.log2(Math.max(lines, 1) / MAX_FILL)));
}

/** FNV-1a, its bits mixed once more: the slots are the lowest of them. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** An id that JSON.stringify has written ends at the first quote without a backslash before it. */
function findIdEnd(bytes: Buffer, idStart: number): number {
  const BACKSLASH = 0x5c;
  let at = idStart;
  for (; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at;
}
