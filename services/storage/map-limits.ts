// How many users a Map of one process can hold. Measured: docs/decisions/0004-map-loading.md.
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { DamagedData } from "./faults.ts";

/** V8's limit for the entries of one Map. */
export const MAP_MAX_ENTRIES = 2 ** 24;
/** Heap bytes that a user takes beyond the bytes of its line: headers of the object and of its strings, less
 * keys and punctuation. A string with a character beyond Latin-1 takes two bytes for each of its characters. */
const USER_OVERHEAD_BYTES = 87;
/** Heap bytes for each entry that a Map has room for. It doubles its room when that is full. */
const MAP_ENTRY_BYTES = 28;
/** Heap bytes of a service without users, and of the piece of the file that is being read. */
const SERVICE_BYTES = 16 * 2 ** 20;
/** V8 ends a process that collects garbage again and again while live objects take more of the heap than this. */
const LIVE_SHARE = 0.8;

/** @throws DamagedData when there are more records than one Map can have entries */
export function assertMapHolds(file: string, records: number): void {
  if (records <= MAP_MAX_ENTRIES) return;
  throw new DamagedData(`${file} has ${records} records; a Map holds at most ${MAP_MAX_ENTRIES}`);
}

/** Whether the heap is large enough to load and serve so many records, whose lines have so many bytes. */
export function heapHolds(fileBytes: number, records: number): boolean {
  return heapToServe(fileBytes, records) <= oldGenerationLimit();
}

/** @throws DamagedData when the heap is too small to load and serve so many records */
export function assertHeapHolds(file: string, fileBytes: number, records: number): void {
  if (heapHolds(fileBytes, records)) return;
  const [need, limit] = [heapToServe(fileBytes, records), oldGenerationLimit()].map((bytes) =>
    Math.ceil(bytes / 2 ** 20),
  );
  throw new DamagedData(
    `${file} has ${records} records, which need ${need} MB of heap; the limit is ${limit} MB ` +
      `(NODE_OPTIONS=--max-old-space-size=${Math.ceil((need as number) * 1.1)} raises it)`,
  );
}

/** Returns the heap bytes that loaded users take. */
export function heapOfUsers(fileBytes: number, records: number): number {
  return fileBytes + records * USER_OVERHEAD_BYTES + roomFor(records) * MAP_ENTRY_BYTES;
}

/** Returns how large the heap must be to load and serve these users. */
export function heapToServe(fileBytes: number, records: number): number {
  // When the Map grows for the last time it is full, and its old entries are there beside the new ones.
  const half = roomFor(records) / 2;
  const growing = heapOfUsers((fileBytes * half) / records, half) + 2 * half * MAP_ENTRY_BYTES;
  return Math.max(growing + SERVICE_BYTES, (heapOfUsers(fileBytes, records) + SERVICE_BYTES) / LIVE_SHARE);
}

function roomFor(records: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(records, 1)));
}

/** Returns the bytes that live objects may take. V8 tells only the sum with its young generation, which is three
 * 64ths of the old one that it would choose for the memory of this machine: a half of that, up to 2 or 4 GB. */
function oldGenerationLimit(): number {
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const maxBytes = (memoryBytes >= 15 * 2 ** 30 ? 4 : 2) * 2 ** 30;
  const youngBytes = (Math.min(memoryBytes / 2, maxBytes) * 3) / 64;
  return getHeapStatistics().heap_size_limit - youngBytes;
}
