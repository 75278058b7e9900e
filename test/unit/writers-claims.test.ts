// Claims 16 to 22, judged by experiments with several writers that are made up.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClaimVerdict } from "../../lab/lesson/claim.ts";
import { claimRules, judgeClaim } from "../../lab/lesson/claims.ts";
import type { ClaimRule } from "../../lab/lesson/finding.ts";
import { trialsOf } from "../../lab/writers/figures.ts";
import type { WritersRecord } from "../../lab/writers/record.ts";
import { evidenceOf } from "../helpers/lesson-evidence.ts";
import {
  cellWith,
  manyReadersWith,
  readersWith,
  readsWith,
  rowsWith,
  type TrialFields,
  trialWith,
  writersWith,
} from "../helpers/writers-record.ts";

const judge = (id: string, ...newestFirst: readonly WritersRecord[]) =>
  judgeClaim(
    claimRules.find((rule) => rule.id === id) as ClaimRule,
    evidenceOf([], { writers: newestFirst }),
  );

const cells = (...all: readonly TrialFields[][]) =>
  writersWith({ trials: all.flatMap((trials) => cellWith(...trials)) });
const sqlite = (processes: number, fields: TrialFields = {}, setup = "5 s timeout"): TrialFields => ({
  approach: "sqlite",
  ...{ processes, setup },
  ...fields,
});
const postgres = (processes: number, fields: TrialFields = {}): TrialFields => ({
  approach: "postgres",
  processes,
  ...fields,
});
const p99 = (milliseconds: number): TrialFields => ({ latencyMs: readsWith(milliseconds).latencyMs });
const lines = (fields: object) =>
  writersWith({
    lines: [150, 8_300].map((bytesPerLine) => ({
      ...{ processes: 2, appended: 9_000, mixedLines: 0, missingLines: 0, looks: 5_000, halfLines: 12 },
      ...{ bytesPerLine, windowMs: 400 },
      ...fields,
    })),
  });
const map = (findings: NonNullable<TrialFields["findings"]>, areThreads = false) =>
  cells([{ approach: "map", processes: 2, areThreads, findings }]);

const cases: Record<string, Partial<Record<ClaimVerdict, WritersRecord>>> = {
  "16a": {
    holds: cells([sqlite(1)], [sqlite(2, { postsPerSecond: 950 })]),
    "does not hold": cells([sqlite(1)], [sqlite(2, { postsPerSecond: 400 })]),
    "cannot tell here": cells([sqlite(1)], [sqlite(2, { postsPerSecond: 700 }), sqlite(2)]),
    "not measured": cells([sqlite(1)]),
  },
  "16b": {
    holds: cells([sqlite(1, p99(20))], [sqlite(2, p99(90))]),
    "does not hold": cells([sqlite(1, p99(20))], [sqlite(2, p99(15))]),
    "cannot tell here": cells([sqlite(1, p99(20))], [sqlite(2, p99(15)), sqlite(2, p99(30))]),
  },
  "16c": {
    holds: cells([sqlite(2, { errors: { SQLITE_BUSY: 20 } }, "no timeout")]),
    "does not hold": cells([sqlite(2, { errors: {} }, "no timeout")]),
    "cannot tell here": cells([
      sqlite(2, {}, "no timeout"),
      sqlite(2, { errors: { SQLITE_BUSY: 20 } }, "no timeout"),
    ]),
  },
  "16d": {
    holds: cells([sqlite(2)], [sqlite(4)]),
    "does not hold": cells([sqlite(2)], [sqlite(4), sqlite(4, { findings: { lost: 1 } })]),
    "not measured": cells([sqlite(1)]),
  },
  "16e": {
    holds: cells([sqlite(1, { postsPerSecond: 2_500 })]),
    "does not hold": cells([sqlite(1, { postsPerSecond: 300 })]),
    "cannot tell here": cells([sqlite(1, { postsPerSecond: 900 }), sqlite(1, { postsPerSecond: 1_100 })]),
  },
  "17a": {
    holds: writersWith({ readers: readersWith({ besideWriter: readsWith(3, { readsPerSecond: 1_800 }) }) }),
    "does not hold": writersWith({
      readers: readersWith({ besideWriter: readsWith(30, { readsPerSecond: 90 }) }),
    }),
    "not measured": writersWith({ readers: readersWith({ journal: "delete" }) }),
  },
  "17b": {
    holds: writersWith({
      readers: readersWith({ journal: "delete", besideWriter: readsWith(30, { readsPerSecond: 90 }) }),
    }),
    "does not hold": writersWith({ readers: readersWith({ journal: "delete" }) }),
  },
  "17c": {
    holds: writersWith({ manyReaders: manyReadersWith() }),
    "does not hold": writersWith({
      manyReaders: manyReadersWith({ four: readsWith(9, { readsPerSecond: 3_000 }) }),
    }),
  },
  "18a": {
    holds: map({ stale: 2_000, neverSeen: 2_000 }),
    "does not hold": map({ stale: 0, neverSeen: 0 }),
  },
  "18b": {
    holds: map({ stale: 2_000, neverSeen: 2_000 }),
    "does not hold": map({ malformedLines: 1 }),
  },
  "19a": {
    holds: cells([postgres(1)], [postgres(2, { postsPerSecond: 1_600 })], [sqlite(1)], [sqlite(2)]),
    "does not hold": cells([postgres(1)], [postgres(2)], [sqlite(1)], [sqlite(2)]),
    "cannot tell here": cells([postgres(1)], [postgres(2, { busyShare: 0.97 })], [sqlite(1)], [sqlite(2)]),
    "not measured": cells([postgres(1)], [postgres(2)]),
  },
  "19b": {
    holds: writersWith({ rows: rowsWith() }),
    "does not hold": writersWith({ rows: rowsWith({ samePerSecond: 2_950 }) }),
  },
  "20": {
    holds: map({ stale: 900, neverSeen: 900 }, true),
    "does not hold": map({}, true),
    "not measured": map({ stale: 900, neverSeen: 900 }),
  },
  "22a": { holds: lines({}), "does not hold": lines({ mixedLines: 3 }) },
  "22c": {
    holds: lines({}),
    "does not hold": lines({ halfLines: 0 }),
    "not measured": lines({ looks: 0, halfLines: 0 }),
  },
  "22b": { "does not hold": lines({}), "cannot tell here": lines({ mixedLines: 3 }) },
};

for (const [id, byVerdict] of Object.entries(cases)) {
  describe(`claim ${id}`, () => {
    for (const [verdict, record] of Object.entries(byVerdict)) {
      test(`${verdict}, and says by what`, () => {
        const claim = judge(id, record);
        assert.equal(claim.verdict, verdict, JSON.stringify(claim));
        assert.ok(/\.$/.test(claim.why) && !/\. /.test(claim.why), `one sentence: ${claim.why}`);
        assert.ok(!claim.measured.includes("NaN"), claim.measured);
        if (verdict === "not measured") assert.equal(claim.measured, "");
        else assert.match(claim.measured, /\d/);
      });
    }
    test("is not measured before anybody has made the experiment, and says which", () => {
      const { verdict, measured, why } = judge(id);
      assert.deepEqual([verdict, measured], ["not measured", ""]);
      assert.match(why, /^The experiment with several writers/);
    });
  });
}

test("a claim is judged by one run, the latest that has its cells, which is named where another came later", () => {
  const early = { ...cells([sqlite(1)], [sqlite(2)]), run: "writers-early" };
  const slow = { ...cells([sqlite(1)], [sqlite(2, { postsPerSecond: 100 })]), run: "writers-slow" };
  const [alone, other] = [cells([sqlite(1)]), cells([postgres(1)], [postgres(2)])];
  const { verdict, why } = judge("16a", other, alone, early, slow);
  assert.equal(verdict, "holds");
  assert.match(why, /, by writers-early\.$/);
  assert.equal(judge("16a", slow, early).verdict, "does not hold");
  assert.equal(judge("16a", other, alone).why, "There is no trial of sqlite written to by 1.");
});

test("a throughput that only full cores held down is not called one that does not scale", () => {
  const full = { postsPerSecond: 1_400, busyShare: 0.97 };
  const record = cells([postgres(1)], [postgres(2, full)], [sqlite(1)], [sqlite(2)]);
  assert.equal(judge("19a", record).verdict, "holds", "a bound decides what it can");
});

test("PostgreSQL does not scale where SQLite does not, when SQLite scales as well", () => {
  const scaling = [postgres(2, { postsPerSecond: 1_600 }), sqlite(2, { postsPerSecond: 2_000 })] as const;
  const { verdict, measured } = judge("19a", cells([postgres(1)], [scaling[0]], [sqlite(1)], [scaling[1]]));
  assert.equal(verdict, "does not hold");
  assert.match(measured, /postgres, two over one: .*; sqlite, two over one: /);
});

test("a cell of threads is not one of processes", () => {
  const threads = trialWith({ approach: "map", processes: 2, areThreads: true, block: 2 });
  const record = writersWith({ trials: [trialWith({ approach: "map", processes: 2 }), threads] });
  assert.equal(trialsOf(record, { approach: "map", processes: 2 }).length, 1);
  assert.deepEqual(trialsOf(record, { approach: "map", processes: 2, areThreads: true }), [threads]);
});

test("one block decides nothing about throughput, and one lost user about loss", () => {
  const one = (fields: TrialFields) =>
    writersWith({ trials: [trialWith(sqlite(1)), trialWith(sqlite(2, fields))] });
  assert.equal(judge("16a", one({})).verdict, "cannot tell here");
  assert.equal(judge("16d", one({ findings: { lost: 1 } })).verdict, "does not hold");
});
