// The usual shape of a record, recognised on bytes: {"id":"..","name":"..","email":"..","created_at":".."} without
// white space between tokens, backslashes or control characters, and with an ASCII id. Whatever is recognised is a
// user that JSON.parse would read the same way; whatever is not may still be one, and is left to JSON.parse.

/** What stands before the fields. */
const ID_KEY = '{"id":"';
export const NAME_KEY = '","name":"';
export const EMAIL_KEY = '","email":"';
export const CREATED_AT_KEY = '","created_at":"';
const KEYS = [ID_KEY, NAME_KEY, EMAIL_KEY, CREATED_AT_KEY].map((text) => Buffer.from(text));
/** The shortest record of any shape: JSON cannot say it in fewer bytes. */
export const RECORD_MIN_BYTES = '{"id":"","name":"","email":"","created_at":""}'.length;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;

/** Start and end of id, name, email and created_at, in this order, as offsets into the bytes. */
export type FieldPlaces = Uint32Array;

export function createFieldPlaces(): FieldPlaces {
  return new Uint32Array(2 * KEYS.length);
}

/**
 * Looks for a record of the usual shape that starts at `start`. Writes the places of its fields to `places`
 * and returns the offset behind it, or -1 when there is none before `limit`.
 */
export function locateFields(bytes: Uint8Array, start: number, limit: number, places: FieldPlaces): number {
  let at = start;
  for (let field = 0; field < KEYS.length; field++) {
    const key = KEYS[field] as Buffer;
    for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return -1;
    at += key.length;
    const maxByte = field === 0 ? 0x7f : 0xff;
    places[2 * field] = at;
    for (; ; at++) {
      if (at >= limit) return -1;
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      if (byte < 0x20 || byte === BACKSLASH || byte > maxByte) return -1;
    }
    places[2 * field + 1] = at;
  }
  return at + 1 < limit && bytes[at + 1] === CLOSING_BRACE ? at + 2 : -1;
}
