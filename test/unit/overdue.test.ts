import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { watchOverdue } from "../../services/storage/overdue.ts";

const LIMIT_SECONDS = 3;

describe("work that goes on is overdue", () => {
  test("after the limit and at most a second more, and as long as it goes on", (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    let calls = 0;
    using watch = watchOverdue(LIMIT_SECONDS, () => calls++);
    t.mock.timers.tick(500);
    const begun = watch.begin();
    t.mock.timers.tick(3_000);
    assert.equal(calls, 0);
    t.mock.timers.tick(1_000);
    assert.equal(calls, 1);
    watch.end(begun);
    t.mock.timers.tick(60_000);
    assert.equal(calls, 1);
  });

  test("only if it takes longer, whatever else begins and ends meanwhile", (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const work = fc.record({ beginMs: fc.nat(20_000), takesMs: fc.nat(8_000) });
    fc.assert(
      fc.property(fc.array(work, { maxLength: 50 }), (works) => {
        let nowMs = 0;
        const overdueMs: number[] = [];
        using watch = watchOverdue(LIMIT_SECONDS, () => overdueMs.push(nowMs));
        const begun = new Map<number, number>();
        for (; nowMs <= 30_000; nowMs += 100) {
          for (const [index, { beginMs, takesMs }] of works.entries()) {
            if (Math.ceil(beginMs / 100) * 100 === nowMs) begun.set(index, watch.begin());
            const slot = begun.get(index);
            if (slot !== undefined && nowMs >= beginMs + takesMs) {
              watch.end(slot);
              begun.delete(index);
            }
          }
          t.mock.timers.tick(100);
        }
        const goesOn = (atMs: number) =>
          works.some(
            ({ beginMs, takesMs }) =>
              beginMs + takesMs > atMs && beginMs < atMs - LIMIT_SECONDS * 1_000 + 200,
          );
        for (const atMs of overdueMs) assert.ok(goesOn(atMs), `at ${atMs}`);
        const longest = works.find(({ takesMs }) => takesMs > LIMIT_SECONDS * 1_000 + 1_200);
        if (longest !== undefined) assert.ok(overdueMs.length > 0);
      }),
      { numRuns: 50 },
    );
  });
});
