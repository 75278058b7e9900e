// What a history and the end of a store say together: which users are lost, stale, duplicated. Pure.
//
// The checker of Jepsen's set-full workload (https://github.com/jepsen-io/jepsen): every user is an element of a set, and
// an element that was acknowledged must be in every read that begins after its acknowledgement.
import type { Add, Operation, Read } from "./operation.ts";

/** A record of the store that was not there before any writer. */
export interface StoredUser {
  /** Negative: a user that no writer can have stored. */
  readonly element: number;
  readonly id: string;
}

/** What is in the store at its end, read from the file or table itself. */
export interface StoreEnd {
  /** One for each record that a writer may have stored; a user that is there twice comes twice. */
  readonly users: Iterable<StoredUser>;
  /** Lines that are no user. */
  readonly malformedLines: number;
}

export interface HistoryFindings {
  /** Users that were to be stored, those that were answered with an error included. */
  readonly attempted: number;
  readonly acknowledged: number;
  /** It is not known whether they were stored: no answer, or one that does not say. */
  readonly unknown: number;
  /** Why adds failed or are unknown: how many, by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** Acknowledged, and not in the store at its end with the id that was answered. */
  readonly lost: number;
  /** In the store more than once. */
  readonly duplicated: number;
  /** In the store without an acknowledgement, where it is not known whether they were stored: legal. */
  readonly recovered: number;
  /** Records in the store, though nobody stored such a user, or it was refused, or it has another id. */
  readonly unexpected: number;
  readonly malformedLines: number;
  /** Reads that began after the acknowledgement of what they asked for. */
  readonly reads: number;
  /** Of these: those that were answered with another thing than the user. */
  readonly wrong: number;
  /** Why reads had no answer: how many, by kind. */
  readonly readErrors: Readonly<Record<string, number>>;
  /** Acknowledged users that were missing from a read which began after that. */
  readonly stale: number;
  /** Of these: missing from the last read at one of the processes, although that read began so long after the
   * acknowledgement that it should have been there. */
  readonly neverSeen: number;
  /** Of the users that were seen in the end, how long the one was stale that was so longest: at least from its
   * acknowledgement to the beginning of the last read that missed it, at most to the end of the first that found it after
   * that. Null where there is none. */
  readonly staleForMs: { readonly atLeast: number; readonly atMost: number } | null;
}

/** What is known of an element so far. */
interface Known {
  outcome: Add["outcome"];
  /** As it was answered. */
  id: string | undefined;
  acknowledgedMs: number;
  isStored: boolean;
  /** By process, only where a read missed it: when the last of these began, and when the first one ended that found it
   * after that. */
  missedBy: Map<number, { readonly lastMs: number; seenMs: number | null }> | null;
}

export interface HistoryChecker {
  /** Takes operations in the order in which they ended: reads of one element at one process come one after the other. */
  readonly take: (operation: Operation) => void;
  readonly conclude: (end: StoreEnd) => HistoryFindings;
}

/** @param settleMs how long after an acknowledgement another process may lack a user and have it yet, by what it does of
 * itself to follow the others */
export function startChecker(settleMs: number): HistoryChecker {
  const known = new Map<number, Known>();
  const [errors, readErrors] = [{}, {}] as [Record<string, number>, Record<string, number>];
  let [reads, wrong] = [0, 0];

  function takeAdd({ element, outcome, id, endedMs, error }: Add): void {
    if (known.has(element)) throw new RangeError(`element ${element} was added twice`);
    known.set(element, { outcome, id, acknowledgedMs: endedMs, isStored: false, missedBy: null });
    if (outcome !== "ok") count(errors, error ?? outcome);
  }

  function takeRead(read: Read): void {
    const about = known.get(read.element);
    if (about?.outcome !== "ok" || read.invokedMs < about.acknowledgedMs) return;
    reads++;
    if (read.outcome === "wrong") wrong++;
    else if (read.outcome === "fail") count(readErrors, read.error ?? "fail");
    else noteSight(about, read);
  }

  return {
    take: (operation) => (operation.op === "add" ? takeAdd(operation) : takeRead(operation)),
    conclude(end) {
      const stored = countStored(known, end.users);
      const all = [...known.values()];
      const acknowledged = all.filter(({ outcome }) => outcome === "ok");
      const unknown = all.filter(({ outcome }) => outcome === "unknown");
      return {
        attempted: all.length,
        acknowledged: acknowledged.length,
        unknown: unknown.length,
        errors,
        lost: acknowledged.filter(({ isStored }) => !isStored).length,
        recovered: unknown.filter(({ isStored }) => isStored).length,
        ...stored,
        malformedLines: end.malformedLines,
        reads,
        wrong,
        readErrors,
        ...findStale(acknowledged, settleMs),
      };
    },
  };
}

/** Checks a history that is in memory. */
export function checkHistory(
  operations: Iterable<Operation>,
  end: StoreEnd,
  settleMs: number,
): HistoryFindings {
  const checker = startChecker(settleMs);
  for (const operation of operations) checker.take(operation);
  return checker.conclude(end);
}

/** Notes whether a read saw its element. */
function noteSight(about: Known, { process, outcome, invokedMs, endedMs }: Read): void {
  if (outcome === "missing") {
    about.missedBy ??= new Map();
    about.missedBy.set(process, { lastMs: invokedMs, seenMs: null });
  } else {
    const missed = about.missedBy?.get(process);
    if (missed !== undefined) missed.seenMs ??= endedMs;
  }
}

/** Marks what is in the store, and counts what should not be there. */
function countStored(known: Map<number, Known>, users: Iterable<StoredUser>) {
  const times = new Map<number, number>();
  let unexpected = 0;
  for (const { element, id } of users) {
    const about = known.get(element);
    const isExpected = about?.outcome === "unknown" || (about?.outcome === "ok" && about.id === id);
    if (!isExpected) unexpected++;
    else about.isStored = true;
    if (element >= 0) times.set(element, (times.get(element) ?? 0) + 1);
  }
  return { duplicated: [...times.values()].filter((count) => count > 1).length, unexpected };
}

function findStale(acknowledged: readonly Known[], settleMs: number) {
  let [stale, neverSeen] = [0, 0];
  let longest: { atLeast: number; atMost: number } | null = null;
  for (const { missedBy, acknowledgedMs } of acknowledged) {
    if (missedBy === null) continue;
    stale++;
    const missed = [...missedBy.values()];
    if (missed.some(({ lastMs, seenMs }) => seenMs === null && lastMs - acknowledgedMs >= settleMs))
      neverSeen++;
    for (const { lastMs, seenMs } of missed) {
      const atLeast = lastMs - acknowledgedMs;
      if (seenMs !== null && (longest === null || atLeast > longest.atLeast))
        longest = { atLeast, atMost: seenMs - acknowledgedMs };
    }
  }
  return { stale, neverSeen, staleForMs: longest };
}

function count(kinds: Record<string, number>, kind: string): void {
  kinds[kind] = (kinds[kind] ?? 0) + 1;
}
