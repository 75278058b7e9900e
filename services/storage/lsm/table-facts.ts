/** What the manifest knows of a sorted table. In its file stand, one behind the other: the users, the index of their blocks, the
 * Bloom filter. */
export interface TableFacts {
  /** The file's, before ".table". */
  readonly number: number;
  readonly users: number;
  /** One user as JSON a line, sorted by id. */
  readonly dataBytes: number;
  /** A BlockIndex as JSON. */
  readonly indexBytes: number;
  readonly filterBytes: number;
  /** CRC-32 of index and filter. */
  readonly checksum: number;
}

/** Where the blocks of a table begin; each ends where the next begins. */
export interface BlockIndex {
  /** The first id of each block. */
  readonly ids: readonly string[];
  /** Its place in the file. */
  readonly bytes: readonly number[];
  /** Its CRC-32. */
  readonly checksums: readonly number[];
}

/** A block is closed with the user that makes it so long: a read fetches one block, and the index has one id for each. */
export const BLOCK_BYTES = 4_096;

export function tableBytes({ dataBytes, indexBytes, filterBytes }: TableFacts): number {
  return dataBytes + indexBytes + filterBytes;
}

/** Returns the name of a file: "000012.log", "000013.table". */
export function nameFile(number: number, kind: "log" | "table"): string {
  return `${String(number).padStart(6, "0")}.${kind}`;
}

/** Returns number and kind of a file by its name, null for another's file. */
export function parseFileName(name: string): { readonly number: number; readonly kind: string } | null {
  const [, digits, kind] = /^(\d{6,})\.(log|table)$/.exec(name) ?? [];
  return digits === undefined || kind === undefined ? null : { number: Number(digits), kind };
}
