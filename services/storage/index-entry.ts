// The format of users.idx: one entry per user, all of the same length, in plain string order of the ids.
//
//   bytes  0..35  the id, ASCII, padded with spaces on the right
//   byte   36     ":"
//   bytes 37..56  byte offset of the record in users.jsonl, 20 digits, padded with zeros on the left
//   byte   57     "\n"
import { DamagedData } from "./faults.ts";

export const ID_BYTES = 36;
export const ENTRY_BYTES = 58;
const OFFSET_DIGITS = 20;

/** Ids that fit an entry: 1 to 36 printable ASCII characters, none of them a space. The space pads, and sorts first. */
const INDEXABLE_ID = /^[!-~]{1,36}$/;

export function isIndexableId(id: string): boolean {
  return INDEXABLE_ID.test(id);
}

/** Returns the id as it stands in an entry: in 36 characters. */
export function padId(id: string): string {
  return id.padEnd(ID_BYTES, " ");
}

/** Returns one entry, ENTRY_BYTES ASCII characters.
 * @throws RangeError when the id does not fit */
export function formatEntry(id: string, offset: number): string {
  if (!isIndexableId(id))
    throw new RangeError(`id ${JSON.stringify(id)} is not 1 to 36 printable ASCII characters`);
  return `${padId(id)}:${String(offset).padStart(OFFSET_DIGITS, "0")}\n`;
}

/** Returns the padded id of the entry at the start of `entry`. */
export function entryId(entry: Buffer): string {
  return entry.toString("latin1", 0, ID_BYTES);
}

/** Returns the byte offset in the entry at the start of `entry`.
 * @throws DamagedData when the bytes are not an entry */
export function entryOffset(entry: Buffer): number {
  const text = entry.toString("latin1", ID_BYTES, ENTRY_BYTES);
  if (!/^:\d{20}\n$/.test(text))
    throw new DamagedData(`not an index entry: ${JSON.stringify(entry.toString("latin1", 0, ENTRY_BYTES))}`);
  return Number(text.slice(1, 1 + OFFSET_DIGITS));
}
