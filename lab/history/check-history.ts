// What a history and the end of a store say together: which users are lost, stale, duplicated. Pure.
//
// The checker of Jepsen's set-full workload (https://github.com/jepsen-io/jepsen): every user is an element of a set, and
// an element that was acknowledged must be in every read that begins after its acknowledgement.
import type { Add, Operation, Read } from "./operation.ts";

/** The elements in the store at its end, read from the file or table itself. */
export interface StoreEnd {
  /** One for each record that a writer may have stored; an element that is there twice comes twice. */
  readonly elements: Iterable<number>;
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
  /** Acknowledged, and not in the store at its end. */
  readonly lost: number;
  /** In the store more than once. */
  readonly duplicated: number;
  /** In the store without an acknowledgement, where it is not known whether they were stored: legal. */
  readonly recovered: number;
  /** In the store, though nobody stored them or they were refused. */
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
  /** Of these: missing from the last read at one of the processes. */
  readonly neverSeen: number;
  /** From the acknowledgement to the beginning of the last read that missed it, of the users that were seen in the end:
   * they were stale for at least so long. Null where there is none. */
  readonly staleForMs: { readonly median: number; readonly max: number } | null;
}

/** What is known of an element so far. */
interface Known {
  outcome: Add["outcome"];
  acknowledgedMs: number;
  isStored: boolean;
  /** By process, only where a read missed it: when the last of these began, and whether a later one found it. */
  missedBy: Map<number, { lastMs: number; isSeen: boolean }> | null;
}

export interface HistoryChecker {
  /** Takes operations in the order in which they ended: reads of one element at one process come one after the other. */
  readonly take: (operation: Operation) => void;
  readonly conclude: (end: StoreEnd) => HistoryFindings;
}

export function startChecker(): HistoryChecker {
  const known = new Map<number, Known>();
  const [errors, readErrors] = [{}, {}] as [Record<string, number>, Record<string, number>];
  let [reads, wrong] = [0, 0];

  function takeAdd({ element, outcome, endedMs, error }: Add): void {
    if (known.has(element)) throw new RangeError(`element ${element} was added twice`);
    known.set(element, { outcome, acknowledgedMs: endedMs, isStored: false, missedBy: null });
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
      const stored = countStored(known, end.elements);
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
        ...findStale(acknowledged),
      };
    },
  };
}

/** Checks a history that is in memory. */
export function checkHistory(operations: Iterable<Operation>, end: StoreEnd): HistoryFindings {
  const checker = startChecker();
  for (const operation of operations) checker.take(operation);
  return checker.conclude(end);
}

/** Notes whether a read saw its element. */
function noteSight(about: Known, { process, outcome, invokedMs }: Read): void {
  if (outcome === "missing") {
    about.missedBy ??= new Map();
    about.missedBy.set(process, { lastMs: invokedMs, isSeen: false });
  } else {
    const missed = about.missedBy?.get(process);
    if (missed !== undefined) missed.isSeen = true;
  }
}

/** Marks what is in the store, and counts what should not be there. */
function countStored(known: Map<number, Known>, elements: Iterable<number>) {
  const times = new Map<number, number>();
  for (const element of elements) times.set(element, (times.get(element) ?? 0) + 1);
  let [duplicated, unexpected] = [0, 0];
  for (const [element, occurrences] of times) {
    if (occurrences > 1) duplicated++;
    const about = known.get(element);
    if (about === undefined || about.outcome === "fail") unexpected++;
    else about.isStored = true;
  }
  return { duplicated, unexpected };
}

function findStale(acknowledged: readonly Known[]) {
  const stale = acknowledged.flatMap(({ missedBy, acknowledgedMs }) =>
    missedBy === null ? [] : [{ missed: [...missedBy.values()], acknowledgedMs }],
  );
  const seen = stale.filter(({ missed }) => missed.every(({ isSeen }) => isSeen));
  const durationsMs = seen
    .map(({ missed, acknowledgedMs }) => Math.max(...missed.map(({ lastMs }) => lastMs)) - acknowledgedMs)
    .sort((a, b) => a - b);
  const max = durationsMs.at(-1);
  return {
    stale: stale.length,
    neverSeen: stale.length - seen.length,
    staleForMs: max === undefined ? null : { median: durationsMs[durationsMs.length >> 1] as number, max },
  };
}

function count(kinds: Record<string, number>, kind: string): void {
  kinds[kind] = (kinds[kind] ?? 0) + 1;
}
