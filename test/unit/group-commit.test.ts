// Many who wait share one commit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { createGroupCommit } from "../../services/storage/group-commit.ts";

/** A commit that ends when it is told to. */
function createGate() {
  const groups: { readonly items: readonly number[]; readonly end: PromiseWithResolvers<void> }[] = [];
  const commit = (items: readonly number[]) => {
    const end = Promise.withResolvers<void>();
    groups.push({ items, end });
    return end.promise;
  };
  return { groups, commit };
}

test("what comes while a commit is under way shares the next one", async () => {
  const { groups, commit } = createGate();
  const group = createGroupCommit(commit);
  const first = group.add(1);
  const others = [2, 3, 4].map(group.add);
  assert.deepEqual(
    groups.map(({ items }) => items),
    [[1]],
  );
  groups[0]?.end.resolve();
  await first;
  await nextTurn();
  assert.deepEqual(
    groups.map(({ items }) => items),
    [[1], [2, 3, 4]],
  );
  groups[1]?.end.resolve();
  await Promise.all(others);
});

test("a commit that fails is told to those in it alone, and its items are not committed again", async () => {
  const { groups, commit } = createGate();
  const group = createGroupCommit(commit);
  const outcomes = Promise.allSettled([1, 2, 3].map(group.add));
  groups[0]?.end.resolve();
  await nextTurn();
  const late = group.add(4);
  groups[1]?.end.reject(new Error("EIO"));
  await nextTurn();
  groups[2]?.end.resolve();
  assert.deepEqual(
    (await outcomes).map(({ status }) => status),
    ["fulfilled", "rejected", "rejected"],
  );
  await late;
  assert.deepEqual(
    groups.map(({ items }) => items),
    [[1], [2, 3], [4]],
  );
});

test("nobody is answered before a commit that had the item has ended, and every item is committed once, in order", async () => {
  const program = fc.array(fc.record({ adds: fc.nat(5), fails: fc.boolean(), turns: fc.nat(3) }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(program, async (steps) => {
      const committed: number[] = [];
      const safe = new Map<number, boolean>();
      let [isRunning, step, item] = [false, 0, 0];
      const group = createGroupCommit<number>(async (items) => {
        assert.equal(isRunning, false);
        isRunning = true;
        committed.push(...items);
        const { fails = false, turns = 0 } = steps[step++ % steps.length] ?? {};
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        isRunning = false;
        for (const one of items) safe.set(one, !fails);
        if (fails) throw new Error("EIO");
      });
      const answers: Promise<void>[] = [];
      for (const { adds } of steps) {
        for (let count = 0; count < adds; count++) {
          const own = item++;
          const check = (isSafe: boolean) => () => assert.equal(safe.get(own), isSafe);
          answers.push(group.add(own).then(check(true), check(false)));
        }
        await nextTurn();
      }
      await group.settle();
      await Promise.all(answers);
      assert.deepEqual(
        committed,
        Array.from({ length: item }, (_, index) => index),
      );
    }),
    { numRuns: 50 },
  );
});
