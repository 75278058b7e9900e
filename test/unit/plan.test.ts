import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WorkloadName } from "../../k6/lib/workloads.ts";
import { listClosedCells, listOpenCells, planTrials, type Trial } from "../../lab/measure/plan.ts";
import { approaches } from "../../services/approaches/index.ts";
import { mainRows } from "../helpers/stores.ts";

const nameOf = ({ approach, workload }: Trial) => `${workload} ${approach}`;

function plan(seed: number, blocks = 5, workloads: WorkloadName[] = ["read", "create"]) {
  const trials = planTrials({
    cells: listClosedCells({ approaches: Object.fromEntries(mainRows), workloads }),
    blocks,
    seed,
  });
  return Map.groupBy(trials, ({ block }) => block);
}

test("every block has every trial once", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 8 }), (seed, count) => {
      const blocks = plan(seed, count);
      assert.deepEqual(
        [...blocks.keys()],
        Array.from({ length: count }, (_, index) => index + 1),
      );
      const names = [...blocks.values()].map((trials) => trials.map(nameOf).sort());
      for (const block of names) assert.deepEqual(block, names[0]);
      assert.equal(new Set(names[0]).size, names[0]?.length);
    }),
  );
});

test("the seed decides the order, which differs from block to block", () => {
  const orders = (seed: number) => [...plan(seed).values()].map((trials) => trials.map(nameOf).join());
  assert.deepEqual(orders(3), orders(3));
  assert.notDeepEqual(orders(3), orders(4));
  assert.equal(new Set(orders(3)).size, 5);
});

test("every trial comes first in a block about as often as any other", () => {
  const blocks = plan(1, 6_000, ["read"]);
  const firsts = Map.groupBy([...blocks.values()], ([first]) => first?.approach);
  for (const [approach, of] of firsts)
    assert.ok(of.length > 880 && of.length < 1_120, `${approach} ${of.length}`);
  assert.equal(firsts.size, 6);
});

test("the trials of a block choose the same keys, those of another block others", () => {
  const seeds = [...plan(9).values()].map((trials) => new Set(trials.map(({ seed }) => seed)));
  for (const block of seeds) assert.equal(block.size, 1);
  assert.equal(new Set(seeds.flatMap((block) => [...block])).size, 5);
});

test("nobody is asked what they cannot do", () => {
  const names = [...plan(1, 1, ["read", "create", "mixed", "miss", "last"]).values()].flat().map(nameOf);
  for (const absent of ["create binary", "mixed binary", "miss baseline"]) assert.ok(!names.includes(absent));
  for (const present of ["miss binary", "create baseline", "mixed sqlite", "last linear"]) {
    assert.ok(names.includes(present), present);
  }
});

test("open trials ask each approach at each of its rates, in blocks after the closed ones", () => {
  const { map, linear, sqlite } = approaches;
  const closed = listClosedCells({ approaches: { map, linear, sqlite }, workloads: ["read"] });
  const capacities = new Map([
    [
      "read",
      new Map([
        ["map", 40_000],
        ["linear", 100],
      ]),
    ],
  ]);
  const cells = listOpenCells(closed, capacities, undefined);
  const trials = planTrials({ cells, blocks: 3, firstBlock: 3, seed: 1 });
  assert.equal(trials.length, 3 * 2 * 4);
  assert.deepEqual([...new Set(trials.map(({ block }) => block))], [3, 4, 5]);
  for (const rate of ["common", "25%", "50%", "75%"])
    assert.equal(trials.filter((trial) => trial.rate?.name === rate && trial.approach === "map").length, 3);
});
