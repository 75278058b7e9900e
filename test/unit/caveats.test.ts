import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { listCaveats } from "../../lab/report/caveats.ts";
import { renderHtml } from "../../lab/report/html/page.ts";
import { renderReport } from "../../lab/report/report.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

/** "ab ba": a block per word, a trial per letter. */
function trialsOf(order: string, fields: Partial<Measurement> = {}): Measurement[] {
  return order
    .split(" ")
    .flatMap((names, index) =>
      [...names].map((approach) => measurementWith({ approach, block: index + 1, ...fields })),
    );
}

const run = (order: string, changes: Partial<typeof environment> = {}) => ({
  environment: { ...environment, blocks: 2, ...changes },
  measurements: trialsOf(order),
  counts: null,
});

describe("a run", () => {
  test("that came to its end, in the order of its plan, has no caveat", () => {
    assert.deepEqual(listCaveats([run("abc bca")]), []);
  });

  test("that was stopped says how many blocks it has of those that were planned", () => {
    const [caveat, ...others] = listCaveats([run("abc bca c", { blocks: 7, endedAt: null })]);
    assert.match(caveat ?? "", /^The run did not come to its end: 2 of 7 planned blocks are complete\. /);
    assert.deepEqual(others, []);
  });

  test("of an older lab shows by its blocks that it was stopped", () => {
    const { endedAt: _, ...old } = { ...environment, blocks: 3 };
    const ofOld = (order: string, changes = {}) =>
      listCaveats([{ environment: { ...old, ...changes }, measurements: trialsOf(order) }]);
    assert.match(ofOld("abc bca")[0] ?? "", /2 of 3 planned blocks are complete/);
    assert.deepEqual(ofOld("abc bca cab"), []);
    assert.deepEqual(ofOld("abc bca", { precision: 0.05 }), []);
  });

  test("that was precise enough has ended, whatever could have been made", () => {
    assert.deepEqual(listCaveats([run("abc bca", { blocks: 40, precision: 0.05 })]), []);
  });

  test("whose blocks are torn or incomplete says so", () => {
    const sequential = trialsOf("ab ab ab").toSorted((a, b) => a.approach.localeCompare(b.approach));
    const [torn] = listCaveats([{ ...run("ab"), measurements: sequential }]);
    assert.match(torn ?? "", /^The trials are not in randomised complete blocks: trials of other blocks/);
    const [lacking] = listCaveats([run("abc ba cab", { blocks: 3 })]);
    assert.match(lacking ?? "", /: block 2 lacks c, read\. /);
  });

  test("under an open load has closed blocks first, and trials that are made again are in no block", () => {
    const closed = trialsOf("ab ba");
    const rates = (order: string, rate: string) =>
      trialsOf(order, { load: "open", rate }).map((trial) => ({ ...trial, block: trial.block + 2 }));
    const [first = [], second = []] = ["ab ba", "ba ab"].map((order, index) =>
      rates(order, ["50%", "common"][index] as string),
    );
    const open = [3, 4].flatMap((block) => [...first, ...second].filter((trial) => trial.block === block));
    const again = { ...(open[0] as Measurement), isAgain: true as const };
    const of = (measurements: Measurement[], endedAt: string | null) =>
      listCaveats([{ environment: { ...environment, load: "open", blocks: 2, endedAt }, measurements }]);
    const whole = [...closed, ...open.slice(0, 1), again, ...open.slice(1)];
    assert.deepEqual(of(whole, environment.endedAt as string), []);
    assert.match(of(whole.slice(0, -1), null).join(), /1 of 2 planned blocks are complete/);
  });

  test("says it on top of its report and of its page", () => {
    const stopped = run("abc bca c", { blocks: 7, endedAt: null });
    const text = renderReport(stopped);
    assert.match(text, /^> The run did not come to its end: 2 of 7/m);
    assert.ok(text.indexOf("did not come to its end") < text.indexOf("| approach"));
    assert.match(text, /^- order of trials: 2 randomised blocks of 7 that were planned, seed 7$/m);
    const page = renderHtml({ runs: [stopped], claims: [] });
    assert.match(page, /<li>The run did not come to its end: 2 of 7/);
  });
});

test("caveats of several runs name theirs, and what holds for all is said once", () => {
  const shared = { placement: null };
  const caveats = listCaveats([
    run("ab ba", { ...shared, run: "one" }),
    run("ab", { ...shared, run: "two", endedAt: null }),
  ]);
  assert.equal(caveats.length, 2);
  assert.match(caveats[0] ?? "", /^Nobody was bound to cores/);
  assert.match(caveats[1] ?? "", /^two: The run did not come to its end: 1 of 2/);
});
