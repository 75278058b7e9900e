// One operation on users that several processes share, as a line of a history. Pure.

/**
 * A user is known by its element: a number that its writer chose and that no other user of the trial has. The id is the
 * service's, so nobody knows it of a user whose answer was lost.
 *
 * Times are milliseconds of one monotonic clock, that of the process which asks.
 */
interface Asked {
  readonly element: number;
  /** Which process was asked, from 1. */
  readonly process: number;
  readonly invokedMs: number;
  /** When it was answered or given up. */
  readonly endedMs: number;
  /** What went wrong, in a word or two: "SQLITE_BUSY", "status 500", "ECONNRESET". */
  readonly error?: string;
}

/** A user was to be stored. */
export interface Add extends Asked {
  readonly op: "add";
  /** "ok": acknowledged. "fail": refused, it has not happened. "unknown": it may have happened. */
  readonly outcome: "ok" | "fail" | "unknown";
  /** Of an acknowledged user. */
  readonly id?: string;
}

/** A user was asked for. */
export interface Read extends Asked {
  readonly op: "read";
  /** "wrong": an answer that is not this user. "fail": no answer to the question. */
  readonly outcome: "found" | "missing" | "wrong" | "fail";
}

export type Operation = Add | Read;

/** Formats a line; times to the microsecond. */
export function formatOperation(operation: Operation): string {
  const [invokedMs, endedMs] = [operation.invokedMs, operation.endedMs].map(
    (ms) => Math.round(ms * 1000) / 1000,
  );
  return `${JSON.stringify({ ...operation, invokedMs, endedMs })}\n`;
}

export function parseOperation(line: string): Operation {
  return JSON.parse(line) as Operation;
}
