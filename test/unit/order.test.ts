import assert from "node:assert/strict";
import { test } from "node:test";
import { findOrderFaults } from "../../lab/measure/order.ts";
import { planTrials } from "../../lab/measure/plan.ts";

/** "ab ba": a block per word, a trial per letter. */
const order = (text: string) =>
  text.split(" ").flatMap((names, index) => [...names].map((name) => ({ block: index + 1, name })));

test("the plans of the bench are without fault", () => {
  const cells = ["a", "b", "c"].map((name) => ({ approach: "map", workload: "read", name }) as const);
  for (let seed = 1; seed <= 50; seed++)
    assert.deepEqual(findOrderFaults(planTrials({ cells, blocks: 10, seed })), [], `seed ${seed}`);
});

test("all trials of one program before those of the other are no blocks", () => {
  const sequential = order("ab ab ab").toSorted((a, b) => a.name.localeCompare(b.name));
  assert.deepEqual(findOrderFaults(sequential), [
    "trials of other blocks were made between those of block 1 and 2 more",
  ]);
  const [first, second, ...others] = order("ab ab ab");
  const torn = [first, ...others.slice(0, 2), second, ...others.slice(2)].filter(
    (trial) => trial !== undefined,
  );
  assert.deepEqual(findOrderFaults(torn), ["trials of other blocks were made between those of block 1"]);
});

test("a block without one of the trials is named, and one that holds it twice", () => {
  assert.deepEqual(findOrderFaults(order("abc ba cab")), ["block 2 lacks c"]);
  assert.deepEqual(findOrderFaults(order("abc bcab cab")), ["block 2 holds 2 times b"]);
});

test("a run that was stopped may lack trials in its last block", () => {
  assert.deepEqual(findOrderFaults(order("abc bca c")), []);
  assert.deepEqual(findOrderFaults(order("abc bca cc")), ["block 3 holds 2 times c"]);
});

test("one order for all blocks is a fault where chance does not make it", () => {
  assert.deepEqual(findOrderFaults(order("abcd abcd abcd abcd")), ["all 4 blocks have the same order"]);
  assert.deepEqual(findOrderFaults(order("ab ab ab ab ab")), []);
  assert.deepEqual(findOrderFaults(order("abcd abcd abcd abdc")), []);
});

test("nothing and a single block are without fault", () => {
  assert.deepEqual(findOrderFaults([]), []);
  assert.deepEqual(findOrderFaults(order("abcdefgh")), []);
});
