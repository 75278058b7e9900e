import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { experiments } from "../../lab/lesson/experiments.ts";
import { estimateSteps, type LessonSettings, listSteps } from "../../lab/lesson/plan.ts";
import { takeTurns, timeRepeated } from "../../lab/lesson/turns.ts";
import { mainApproaches } from "../../services/approaches/index.ts";

const settings: LessonSettings = {
  sizes: [10_000, 100_000, 1_000_000],
  approaches: mainApproaches,
  blocks: 7,
  connections: 50,
  warmupMs: 700,
  durationMs: 2_000,
  waitLimitMs: 120_000,
  countsCalls: true,
  seed: 1,
  dataSeed: 1,
};
const listBlocks = (changes: Partial<LessonSettings> = {}) =>
  listSteps({ ...settings, ...changes }).flatMap((step) => (step.kind === "block" ? [step] : []));
const listNames = (changes: Partial<LessonSettings> = {}) =>
  listSteps({ ...settings, ...changes }).flatMap((step) => (step.kind === "experiment" ? [step.name] : []));

describe("the steps of a lesson", () => {
  test("every block has every size once, before the next begins, and the experiments come last", () => {
    const steps = listBlocks();
    for (let block = 1; block <= settings.blocks; block++) {
      const sizes = steps.slice((block - 1) * 3, block * 3);
      assert.deepEqual([...new Set(sizes.map((step) => step.block))], [block]);
      assert.deepEqual(
        sizes.map(({ size }) => size).sort((a, b) => a - b),
        settings.sizes,
      );
    }
    assert.deepEqual(listNames(), Object.keys(experiments));
    assert.equal(
      listSteps(settings).findIndex(({ kind }) => kind === "experiment"),
      21,
    );
  });

  test("the order of sizes differs between blocks, follows from the seed, and so do the seeds of the blocks", () => {
    const orders = new Set(
      Array.from({ length: 7 }, (_, index) =>
        listBlocks()
          .slice(index * 3, index * 3 + 3)
          .map(({ size }) => size)
          .join(),
      ),
    );
    assert.ok(orders.size > 1);
    assert.deepEqual(listBlocks(), listBlocks());
    assert.notDeepEqual(listBlocks(), listBlocks({ seed: 2 }));
    assert.equal(new Set(listBlocks().map(({ seed }) => seed)).size, 21);
  });

  test("experiments are left out whose approaches are", () => {
    assert.deepEqual(listNames({ approaches: ["map", "sqlite"] }), [
      "prepared-statement",
      "missing-key",
      "loading",
      "importing",
    ]);
    assert.deepEqual(listNames({ approaches: ["baseline"] }), []);
  });

  test("by default they are estimated at less than half an hour", () => {
    assert.ok(estimateSteps(listSteps(settings)) < 30 * 60_000);
  });
});

describe("turns", () => {
  test("every round has every way once, in an order of its own", async () => {
    const called: string[] = [];
    const way = (name: string) => () => called.push(name);
    const rounds = await takeTurns({ a: way("a"), b: way("b"), c: way("c") }, { rounds: 8, seed: 3 });
    assert.equal(rounds.length, 8);
    const orders = Array.from({ length: 8 }, (_, round) => called.slice(round * 3, round * 3 + 3));
    for (const order of orders) assert.deepEqual(order.toSorted(), ["a", "b", "c"]);
    assert.ok(new Set(orders.map(String)).size > 1);
    for (const [round, figures] of rounds.entries())
      for (const [name, place] of Object.entries(figures))
        assert.equal(called[place - 1], name, `round ${round}`);
  });

  test("work is repeated for a while, at least once, whether it answers at once or later", async () => {
    let times = 0;
    await timeRepeated(() => times++, 0);
    assert.equal(times, 1);
    let promised = 0;
    const ms = await timeRepeated(async () => promised++, 5);
    assert.ok(promised > 1 && ms > 0 && ms * promised >= 5, `${promised} times ${ms} ms`);
  });
});
