import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CONTAINER_GROUPS } from "../../lab/targets/compose-group.ts";
import { NATIVE_GROUPS } from "../../lab/targets/native-group.ts";
import { type Cell, listCells, listRefusals, planWriters } from "../../lab/writers/plan.ts";
import { listSteps } from "../../lab/writers/steps.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";

const short = listCells(approaches, false, NATIVE_GROUPS);
const full = listCells(approaches, true, NATIVE_GROUPS);
const namesOf = (cells: readonly Cell[]) => cells.map(({ name }) => name);

describe("the cells", () => {
  test("are of approaches that store what they are given", () => {
    for (const { row } of full) assert.ok(row.writes && row.stores);
    assert.deepEqual(
      listCells({ baseline: approaches.baseline, binary: approaches.binary }, true, NATIVE_GROUPS),
      [],
    );
  });

  test("are fewer where there are two processes of an approach and no threads", () => {
    const offered = listCells(approaches, true, CONTAINER_GROUPS);
    assert.ok(
      offered.length > 0 && offered.every(({ processes, areThreads }) => processes <= 2 && !areThreads),
    );
    const offer = CONTAINER_GROUPS;
    const steps = listSteps({ approaches, cells: offered, blocks: 1, seed: 5, isFull: true, offer });
    assert.ok(steps.every(({ name }) => !name.includes("four processes")));
  });

  test("have one process of a store that refuses a second, and it is said why", () => {
    const chosen = { lsm: approaches.lsm, lmdb: approaches.lmdb };
    assert.deepEqual(namesOf(listCells(chosen, true, NATIVE_GROUPS)), [
      "lsm, 1 process",
      "lmdb, 1 process",
      "lmdb, 2 processes",
    ]);
    assert.deepEqual(listRefusals(chosen), [
      "lsm with several processes: it refuses to open what another has open",
    ]);
  });

  test("each have a name of their own", () => {
    assert.equal(new Set(namesOf(full)).size, full.length);
  });

  test("of the full form are those of the short one, four processes of the databases, and SQLite's other settings", () => {
    for (const name of namesOf(short)) assert.ok(namesOf(full).includes(name), name);
    const four = full.filter(({ processes }) => processes === 4).map(({ approach }) => approach);
    assert.deepEqual(new Set(four), new Set(["sqlite", "postgres"]));
    assert.ok(full.some(({ settings }) => settings.SQLITE_JOURNAL_MODE === "delete"));
    assert.ok(full.some(({ settings }) => settings.SQLITE_SYNCHRONOUS === "normal"));
    assert.ok(short.every(({ settings }) => settings.SQLITE_JOURNAL_MODE !== "delete"));
  });

  test("have one process and two of an approach of somebody's own", () => {
    const own = { "my-store": approaches.map as Approach };
    assert.deepEqual(namesOf(listCells(own, false, NATIVE_GROUPS)), [
      "my-store, 1 process",
      "my-store, 2 processes",
    ]);
  });
});

test("every block has every cell once, in an order that the seed decides", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, blocks) => {
      const trials = planWriters(short, blocks, seed);
      assert.equal(trials.length, short.length * blocks);
      for (const [, block] of Map.groupBy(trials, (trial) => trial.block))
        assert.deepEqual(namesOf(block).sort(), namesOf(short).sort());
      assert.deepEqual(namesOf(trials), namesOf(planWriters(short, blocks, seed)));
    }),
  );
});

describe("the steps", () => {
  const plan = { approaches, cells: short, blocks: 2, seed: 5, isFull: false, offer: NATIVE_GROUPS };
  const names = listSteps(plan).map(({ name }) => name);

  test("are blocks, and then what is shown once", () => {
    const blocks = names.map((name) => Number(/^block (\d)/.exec(name)?.[1] ?? 9));
    assert.deepEqual(blocks, blocks.toSorted());
    assert.equal(names.filter((name) => name.startsWith("block 1: ")).length, short.length + 3);
  });

  test("kill only who takes batches, and try two equal ids with every main approach", () => {
    const of = (prefix: string) => names.filter((name) => name.startsWith(prefix)).length;
    const rows = Object.values(approaches) as Approach[];
    assert.equal(of("killed in batches"), rows.filter(({ batches }) => batches !== undefined).length);
    assert.equal(
      of("two equal ids"),
      rows.filter((row) => row.writes && row.stores && row.variantOf === undefined).length,
    );
  });

  test("of one approach are about nothing else", () => {
    const only = { map: approaches.map };
    const cells = listCells(only, false, NATIVE_GROUPS);
    const own = listSteps({ ...plan, approaches: only, cells });
    assert.ok(own.every(({ name }) => !/sqlite|postgres|readers|one row/.test(name)));
  });
});
