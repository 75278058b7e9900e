// What is said of made-up experiments with several writers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseHTML } from "linkedom";
import { renderWritersPage } from "../../lab/report/html/writers-page.ts";
import { judgeBatch, upperBoundOfNone } from "../../lab/writers/batch-fates.ts";
import { compareCells, summarizeCells } from "../../lab/writers/figures.ts";
import { listSections, renderPage } from "../../lab/writers/page.ts";
import { isControlShown, judgeBatches, judgeSharing, listRules } from "../../lab/writers/verdicts.ts";
import { approaches } from "../../services/approaches/index.ts";
import {
  batchesWith,
  cellWith,
  manyReadersWith,
  readersWith,
  rowsWith,
  type TrialFields,
  trialWith,
  writersWith,
} from "../helpers/writers-record.ts";

const judge = (...cells: readonly TrialFields[]) =>
  judgeSharing(summarizeCells(writersWith({ trials: cells.flatMap((cell) => cellWith(cell)) })));
const shared = (findings: NonNullable<TrialFields["findings"]>, fields: TrialFields = {}) =>
  judge({ approach: "map", processes: 2, findings, ...fields })[0];

describe("an approach", () => {
  test("may be shared when nothing is lost, stale or twice", () => {
    assert.equal(shared({})?.sharing, "may be shared");
    assert.match(shared({})?.why ?? "", /^nothing lost, stale or twice of 10,000 acknowledged/);
  });

  test("is not to be shared when one user is lost, twice, unexpected or wrong, or a line is no user", () => {
    for (const fault of ["lost", "duplicated", "unexpected", "wrong", "malformedLines"] as const) {
      const verdict = shared({ [fault]: 1 });
      assert.equal(verdict?.sharing, "not to be shared", fault);
      assert.match(verdict?.why ?? "", /^5 /, "one in each of five blocks");
    }
    assert.equal(shared({}, { seededAtEnd: 9_999 })?.sharing, "not to be shared");
  });

  test("is not to be shared when a read is not answered, unless a lock was the reason", () => {
    assert.equal(shared({ readErrors: { "status 500": 1 } })?.sharing, "not to be shared");
    const busy = shared({ readErrors: { SQLITE_BUSY: 40 } });
    assert.equal(busy?.sharing, "may be shared");
    assert.match(busy?.why ?? "", /; of reads 1\.00 % SQLITE_BUSY/);
    assert.equal(shared({ readErrors: { SQLITE_BUSY: 4_000 } })?.sharing, "cannot tell");
  });

  test("is not to be shared when others never see what one has stored", () => {
    assert.equal(shared({ stale: 7, neverSeen: 7 })?.sharing, "not to be shared");
  });

  test("may be shared with a delay when they see it in the end", () => {
    const verdict = shared({ stale: 7, staleForMs: { atLeast: 3, atMost: 40 } });
    assert.equal(verdict?.sharing, "may be shared, with a delay");
    assert.match(verdict?.why ?? "", /the longest for 3\.00 ms to 40\.0 ms;/);
  });

  test("cannot be judged when nothing was acknowledged or nobody was asked, nor by one process", () => {
    assert.equal(shared({ acknowledged: 0 })?.sharing, "cannot tell");
    assert.equal(shared({ reads: 0 })?.sharing, "cannot tell");
    assert.deepEqual(judge({ processes: 1 }), []);
  });

  test("is judged by its worst cell, and its refusals are named", () => {
    const sqlite = (setup: string, findings: TrialFields["findings"]): TrialFields => ({
      ...{ approach: "sqlite", processes: 2, setup },
      ...(findings && { findings }),
    });
    const busy = sqlite("no timeout", { errors: { SQLITE_BUSY: 100 } });
    assert.match(
      judge(busy, sqlite("5 s timeout", {}))[0]?.why ?? "",
      /5\.00 % SQLITE_BUSY \(no timeout, 2\)$/,
    );
    assert.equal(judge(busy, sqlite("5 s timeout", { lost: 1 }))[0]?.sharing, "not to be shared");
  });
});

describe("batches of a killed process", () => {
  const control = batchesWith({ approach: "map", promise: "naive", half: 3 });
  test("are whole, absent or half", () => {
    assert.deepEqual(
      [0, 1, 99, 100].map((served) => judgeBatch(served, 100)),
      ["absent", "half", "half", "whole"],
    );
  });

  test("prove a promise only when the control shows what would be seen", () => {
    assert.equal(judgeBatches(batchesWith(), isControlShown([control])).outcome, "held");
    const blind = batchesWith({ promise: "naive", half: 0 });
    assert.equal(judgeBatches(batchesWith(), isControlShown([blind])).outcome, "cannot tell");
    assert.equal(judgeBatches(blind, false).outcome, "cannot tell");
    assert.equal(judgeBatches(control, true).outcome, "shown");
    assert.equal(judgeBatches(batchesWith({ inFlight: 0 }), true).outcome, "cannot tell");
  });

  test("break a promise when one is half there, or an acknowledged one is not", () => {
    assert.equal(judgeBatches(batchesWith({ half: 1 }), true).outcome, "broken");
    assert.equal(judgeBatches(batchesWith({ lost: 1 }), true).outcome, "broken");
  });

  test("bound a rate: none of 100 is below 3 % at 95 % confidence", () => {
    assert.equal(upperBoundOfNone(0), 1);
    assert.ok(Math.abs(upperBoundOfNone(100) - 0.03) < 0.001);
  });
});

describe("the rules of thumb", () => {
  const stale = { findings: { stale: 9, neverSeen: 9 } };
  const record = writersWith({
    trials: [
      { approach: "map", processes: 1 },
      { approach: "map", processes: 2, ...stale },
      { approach: "linear", processes: 2 },
      { approach: "sqlite", processes: 2 },
      { approach: "postgres", processes: 2 },
    ].flatMap((cell) => cellWith(cell)),
  });
  const [one, several, machines] = listRules(summarizeCells(record), approaches);

  test("name the rows that support them", () => {
    assert.deepEqual(one?.supportedBy, ["map, 1"]);
    assert.deepEqual(several?.supportedBy.toSorted(), ["postgres", "sqlite"]);
    assert.deepEqual(machines?.supportedBy, ["postgres"]);
    assert.match(several?.unsaid ?? "", /^map may not; linear may be shared too/);
    assert.match(machines?.unsaid ?? "", /one machine/);
  });

  test("name the rows that speak against them", () => {
    const lossy = cellWith({ approach: "sqlite", processes: 2, findings: { lost: 1 } });
    const rules = listRules(summarizeCells(writersWith({ trials: lossy })), approaches);
    assert.deepEqual(rules[1]?.contradictedBy, ["sqlite"]);
    assert.deepEqual(rules[1]?.supportedBy, []);
  });
});

describe("the figures", () => {
  test("of a cell are of all its blocks: percentiles pooled, counts summed, rates with an interval", () => {
    const trials = [10, 20, 30, 40, 50].map((latency, index) =>
      trialWith({ latency, block: index + 1, postsPerSecond: 1_000 + index, findings: { lost: 1 } }),
    );
    const [cell] = summarizeCells(writersWith({ trials }));
    assert.ok(Math.abs((cell?.latencyMs?.mean ?? 0) - 30) < 0.1);
    assert.equal(cell?.lost, 5);
    assert.equal(cell?.postsPerSecond.value, 1_002);
    assert.deepEqual([cell?.postsPerSecond.low, cell?.postsPerSecond.high], [1_000, 1_004]);
    const p50 = cell?.latencyMs?.p50 ?? 0;
    assert.ok(Math.abs(p50 - 30) < 0.1, `${p50}`);
  });

  test("are compared within blocks", () => {
    const slowBlocks = [1, 0.5, 1, 0.25, 1];
    const trials = slowBlocks.flatMap((speed, index) => [
      trialWith({ block: index + 1, processes: 1, postsPerSecond: 1_000 * speed }),
      trialWith({ block: index + 1, processes: 2, postsPerSecond: 1_500 * speed }),
    ]);
    const of = (processes: number) => ({ approach: "map", processes });
    const { value, low, high } = compareCells({ trials }, of(2), of(1));
    for (const figure of [value, low, high]) assert.ok(Math.abs((figure ?? 0) - 1.5) < 1e-9);
  });
});

test("trials that met a noisy machine are counted beside their cell and in all, and who was asked for what", () => {
  const quiet = { canaryMs: 10, fsyncMs: 1, askedAtOnce: 7, askedAtEnd: 1_234 };
  const busy = { ...quiet, othersBusyShare: 0.4 };
  const moods = [quiet, { ...quiet, canaryMs: 13 }, busy, { ...quiet, stealShare: 0.03 }, quiet];
  const trials = moods.map((mood, index) =>
    trialWith({ ...mood, trial: index + 1, block: index + 1, processes: 2 }),
  );
  const [cell] = summarizeCells(writersWith({ trials }));
  assert.deepEqual([cell?.noisyBlocks, cell?.askedAtOnce, cell?.askedAtEnd], [3, 35, 6_170]);
  const page = renderPage(writersWith({ trials }), listSections(writersWith({ trials }), [], approaches));
  assert.match(page, /\| 3 of 5 \|.*\| +35 \| +6,170 \|/);
  assert.match(page, /- 3 of 5 trials met a noisy machine/);
  assert.match(page, /At the end every process of "map, 2" was asked for as many as/);
  const still = trials.map((trial) => ({ ...trial, ...quiet, stealShare: 0, othersBusyShare: 0.1 }));
  const record = writersWith({ trials: still });
  assert.doesNotMatch(renderPage(record, listSections(record, [], approaches)), /noisy machine/);
});

test("the page has a section for everything that was measured, and none for what was not", () => {
  const record = writersWith({
    trials: cellWith({ approach: "map", processes: 2 }),
    readers: readersWith({}),
    manyReaders: manyReadersWith(),
    rows: rowsWith(),
    equalIds: [{ approach: "sqlite", first: "inserted", second: "duplicate", records: 1 }],
    batches: [batchesWith()],
    notRun: ["killed in batches: map: no room"],
  });
  const page = renderPage(record, listSections(record, [], approaches));
  const titles = page.split("\n").filter((line) => line.startsWith("## "));
  assert.equal(titles.length, 9);
  for (const text of ["NaN", "undefined", "null"]) assert.ok(!page.includes(text), text);
  assert.match(page, /duplicate/);
  assert.match(page, /no room/);
  assert.deepEqual(listSections(writersWith(), [], approaches), []);

  const sections = listSections(record, [], approaches);
  const { document } = parseHTML(renderWritersPage(record, sections, judgeSharing(summarizeCells(record))));
  const headings = [...document.querySelectorAll("h2")].map(({ textContent }) => `## ${textContent}`);
  assert.deepEqual(headings, titles);
  assert.equal(document.querySelector(".lead")?.textContent, "May be shared: map.");
  for (const way of ["<script", " src=", "url("]) assert.ok(!document.toString().includes(way), way);
});
