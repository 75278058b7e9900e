// What a store throws. The HTTP layer turns each into its status.

/** The store cannot answer now, but a later try may succeed: a database that is away, a lock held too long. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The approach cannot write at all. */
export class WritesUnsupported extends Error {
  override readonly name = "WritesUnsupported";
}

/** The approach does not answer this question. */
export class QuestionUnsupported extends Error {
  override readonly name = "QuestionUnsupported";
}

/** A data file holds something that its format does not allow. */
export class DamagedData extends Error {
  override readonly name = "DamagedData";
}

/** A line of a file, counted from 1, and where it starts, counted in bytes from 0. */
export interface LinePlace {
  readonly file: string;
  readonly line: number;
  readonly byte: number;
}

/** Returns the fault for a bad line; the message names file, line and byte. */
export function damagedLine(place: LinePlace, cause: unknown): DamagedData {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DamagedData(`${place.file}, line ${place.line}, byte ${place.byte}: ${reason}`, { cause });
}
