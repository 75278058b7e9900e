// What a check of the measuring is: a question with a known answer, put to the lab's own procedure.
// Every check is a function of the procedure that it checks, so that a test can give it a mistaken one and see it fail.

/** "full" is what `make selftest` runs; "short" says less, in seconds, and is part of the tests. */
export type Form = "full" | "short";

/** What checks work with. */
export interface Lab {
  /** Folder of data, prepared for `APPROACH` at `SIZE` users. */
  readonly dataRoot: string;
  /** Seed of orders, keys and simulations. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Told how much of a check is done. */
  readonly onProgress: (done: number, total: number) => void;
}

/** What a check found. */
export interface Finding {
  readonly passed: boolean;
  /** In words, to stand beside what was expected. */
  readonly measured: string;
  /** The figures behind the words. */
  readonly data: unknown;
}

export interface Check {
  readonly name: string;
  /** What the measuring must say. */
  readonly expected: string;
  /** About how long it takes. */
  readonly durationMs: number;
  readonly run: (lab: Lab) => Promise<Finding> | Finding;
}
