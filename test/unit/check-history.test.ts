// The checker on histories that are right, and wrong in each way.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkHistory as check, type StoreEnd } from "../../lab/history/check-history.ts";
import type { Add, Operation, Read } from "../../lab/history/operation.ts";

/** Added at the process from the first time to the second. */
const add = (element: number, [invokedMs, endedMs]: [number, number], others: Partial<Add> = {}): Add => ({
  op: "add",
  element,
  process: 1,
  invokedMs,
  endedMs,
  outcome: "ok",
  id: `id-${element}`,
  ...others,
});
/** Asked for at a process from this time on, for a millisecond. */
const read = (element: number, invokedMs: number, outcome: Read["outcome"], process = 2): Read => ({
  op: "read",
  element,
  process,
  invokedMs,
  endedMs: invokedMs + 1,
  outcome,
});
const storedAs = (element: number, id = `id-${element}`) => ({ element, id });
const endOf = (...elements: number[]): StoreEnd => ({
  users: elements.map((element) => storedAs(element)),
  malformedLines: 0,
});
/** As a store is checked that has at once what it has acknowledged, unless it may settle for so long. */
const checkHistory = (operations: Iterable<Operation>, end: StoreEnd, settleMs = 0) =>
  check(operations, end, settleMs);

const RIGHT: readonly Operation[] = [
  add(1, [0, 10]),
  add(2, [5, 12]),
  add(3, [6, 13], { outcome: "fail", error: "SQLITE_BUSY" }),
  read(1, 11, "found"),
  read(2, 13, "found"),
  read(1, 20, "found", 1),
];

describe("a history without a fault", () => {
  test("is found to have none", () => {
    assert.deepEqual(checkHistory(RIGHT, endOf(1, 2)), {
      attempted: 3,
      acknowledged: 2,
      unknown: 0,
      errors: { SQLITE_BUSY: 1 },
      lost: 0,
      duplicated: 0,
      recovered: 0,
      unexpected: 0,
      malformedLines: 0,
      reads: 3,
      wrong: 0,
      readErrors: {},
      stale: 0,
      neverSeen: 0,
      staleForMs: null,
    });
  });

  test("may have users that came although their answer was lost, and may lack them", () => {
    const history = [
      add(1, [0, 10], { outcome: "unknown", error: "ECONNRESET" }),
      add(2, [0, 10], { outcome: "unknown", error: "ECONNRESET" }),
    ];
    const { recovered, unexpected, lost, unknown, errors } = checkHistory(history, endOf(2));
    assert.deepEqual([recovered, unexpected, lost, unknown], [1, 0, 0, 2]);
    assert.deepEqual(errors, { ECONNRESET: 2 });
  });

  test("may have reads that missed a user which was not acknowledged when they began", () => {
    const history = [add(1, [0, 10]), read(1, 9, "missing"), read(1, 10, "found")];
    const { stale, reads } = checkHistory(history, endOf(1));
    assert.deepEqual([stale, reads], [0, 1]);
  });
});

describe("a wrong history is found out", () => {
  test("when an acknowledged user is not in the store", () => {
    assert.equal(checkHistory(RIGHT, endOf(1)).lost, 1);
    assert.equal(checkHistory(RIGHT, endOf()).lost, 2);
  });

  test("when a user is in the store twice", () => {
    assert.equal(checkHistory(RIGHT, endOf(1, 2, 2, 2)).duplicated, 1);
  });

  test("when the store has a user that nobody stored, or that was refused", () => {
    assert.equal(checkHistory(RIGHT, endOf(1, 2, 99)).unexpected, 1);
    assert.equal(checkHistory(RIGHT, endOf(1, 2, 3)).unexpected, 1);
  });

  test("when the store has a user under another id than was answered, or one that no writer can have stored", () => {
    const other = checkHistory(RIGHT, { ...endOf(1), users: [storedAs(1), storedAs(2, "id-other")] });
    assert.deepEqual([other.lost, other.unexpected, other.duplicated], [1, 1, 0]);
    const twice = checkHistory(RIGHT, {
      ...endOf(1),
      users: [1, 2, 2].map((one, at) => storedAs(one, at === 2 ? "x" : undefined)),
    });
    assert.deepEqual([twice.lost, twice.unexpected, twice.duplicated], [0, 1, 1]);
    const nobody = checkHistory(RIGHT, {
      ...endOf(1),
      users: [storedAs(1), storedAs(2), storedAs(-1), storedAs(-1)],
    });
    assert.deepEqual([nobody.lost, nobody.unexpected, nobody.duplicated], [0, 2, 0]);
  });

  test("when a process lacks a user for longer than it may need to settle, and not before", () => {
    const history = [add(1, [0, 10]), read(1, 60, "missing"), add(2, [0, 10]), read(2, 200, "missing")];
    const { stale, neverSeen } = checkHistory(history, endOf(1, 2), 100);
    assert.deepEqual([stale, neverSeen], [2, 1]);
  });

  test("when a read misses an acknowledged user for a while", () => {
    const late = [add(1, [0, 10]), read(1, 11, "missing"), read(1, 40, "missing"), read(1, 60, "found")];
    const { stale, neverSeen, staleForMs } = checkHistory(late, endOf(1));
    assert.deepEqual([stale, neverSeen, staleForMs], [1, 0, { atLeast: 30, atMost: 51 }]);
  });

  test("when one process misses it without end, although another has it", () => {
    const history = [
      add(1, [0, 10]),
      read(1, 11, "found", 1),
      read(1, 11, "missing", 2),
      read(1, 90, "missing", 2),
    ];
    const { stale, neverSeen, staleForMs, lost } = checkHistory(history, endOf(1));
    assert.deepEqual([stale, neverSeen, staleForMs, lost], [1, 1, null, 0]);
  });

  test("when a process sees it and later does not", () => {
    const history = [add(1, [0, 10]), read(1, 11, "found"), read(1, 20, "missing")];
    assert.deepEqual(
      [checkHistory(history, endOf(1)).stale, checkHistory(history, endOf(1)).neverSeen],
      [1, 1],
    );
  });

  test("when another thing than the user is served, and when lines of the file are no user", () => {
    const history = [add(1, [0, 10]), read(1, 11, "wrong"), { ...read(1, 12, "fail"), error: "status 500" }];
    const found = checkHistory(history, { ...endOf(1), malformedLines: 3 });
    assert.deepEqual([found.wrong, found.malformedLines, found.stale], [1, 3, 0]);
    assert.deepEqual(found.readErrors, { "status 500": 1 });
  });

  test("and one that adds an element twice is refused", () => {
    assert.throws(
      () => checkHistory([add(1, [0, 1]), add(1, [2, 3])], endOf(1)),
      /element 1 was added twice/,
    );
  });
});

describe("whatever happens to generated histories", () => {
  /** What became of each element: its answer, how often the store has it, what one later read said. */
  const fates = fc.array(
    fc.record({
      outcome: fc.constantFrom("ok" as const, "fail" as const, "unknown" as const),
      stored: fc.integer({ min: 0, max: 2 }),
      read: fc.constantFrom("found" as const, "missing" as const, "wrong" as const, null),
    }),
    { maxLength: 40 },
  );

  test("each count is that of its definition", () => {
    fc.assert(
      fc.property(fates, (all) => {
        const history = all.flatMap(({ outcome, read: seen }, element): Operation[] => [
          add(element, [element, element + 1], { outcome }),
          ...(seen === null ? [] : [read(element, element + 1, seen)]),
        ]);
        const elements = all.flatMap(({ stored }, element) => Array<number>(stored).fill(element));
        const found = checkHistory(history, endOf(...elements));
        const countOf = (is: (fate: (typeof all)[number]) => boolean) => all.filter(is).length;
        assert.equal(found.attempted, all.length);
        assert.equal(
          found.acknowledged,
          countOf(({ outcome }) => outcome === "ok"),
        );
        assert.equal(
          found.lost,
          countOf(({ outcome, stored }) => outcome === "ok" && stored === 0),
        );
        assert.equal(
          found.recovered,
          countOf(({ outcome, stored }) => outcome === "unknown" && stored > 0),
        );
        assert.equal(
          found.unexpected,
          all.reduce((sum, { outcome, stored }) => sum + (outcome === "fail" ? stored : 0), 0),
        );
        assert.equal(
          found.duplicated,
          countOf(({ stored }) => stored > 1),
        );
        assert.equal(
          found.stale,
          countOf((fate) => fate.outcome === "ok" && fate.read === "missing"),
        );
        assert.equal(found.neverSeen, found.stale);
        assert.equal(
          found.wrong,
          countOf((fate) => fate.outcome === "ok" && fate.read === "wrong"),
        );
      }),
    );
  });

  test("the last read at each process says whether a user was seen in the end", () => {
    const reads = fc.array(fc.record({ process: fc.integer({ min: 1, max: 3 }), isSeen: fc.boolean() }));
    fc.assert(
      fc.property(reads, (some) => {
        const operations = some.map(({ process, isSeen }, index) =>
          read(1, 11 + 2 * index, isSeen ? "found" : "missing", process),
        );
        const found = checkHistory([add(1, [0, 10]), ...operations], endOf(1));
        const last = [1, 2, 3].map((process) => operations.findLast((one) => one.process === process));
        assert.equal(found.stale, operations.some(({ outcome }) => outcome === "missing") ? 1 : 0);
        assert.equal(found.neverSeen, last.some((one) => one?.outcome === "missing") ? 1 : 0);
      }),
    );
  });
});
