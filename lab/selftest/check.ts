// What a check of the measuring is: a question with a known answer, put to the lab's own procedure.
// What judges is apart from what measures, so that a test can give it what a mistaken procedure says, and see it fail.

/** "full" is what `make selftest` runs; "short" says less, in seconds, and is part of the tests. */
export type Form = "full" | "short";

/** What checks work with. */
export interface Lab {
  /** Folder of prepared data; stage.ts knows of what. */
  readonly dataRoot: string;
  /** Seed of orders, keys and simulations. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Told how much of a check is done. */
  readonly onProgress: (done: number, total: number) => void;
}

/** What a check found. */
export interface Finding<Data = unknown> {
  readonly passed: boolean;
  /** In words, to stand beside what was expected. */
  readonly measured: string;
  /** The figures behind the words. */
  readonly data: Data;
}

export interface Check<Data = unknown> {
  readonly name: string;
  /** What the measuring must say. */
  readonly expected: string;
  /** About how long it takes. */
  readonly durationMs: number;
  readonly run: (lab: Lab) => Promise<Finding<Data>> | Finding<Data>;
}
