// An approach and another form of it. Pure.
import type { Approaches } from "../../services/approaches/approach.ts";

export interface Pair {
  readonly variant: string;
  /** The approach that it is another form of. */
  readonly of: string;
}

/** Returns the pairs of which both forms are among these rows, in the order of the variants. */
export function listPairs(rows: Approaches): Pair[] {
  return Object.entries(rows).flatMap(([variant, { variantOf: of }]) =>
    of !== undefined && Object.hasOwn(rows, of) ? [{ variant, of }] : [],
  );
}
