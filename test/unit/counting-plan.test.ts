import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { workloads } from "../../k6/lib/workloads.ts";
import { COUNTED_FROM, chooseRequests, spreadEvenly } from "../../lab/measure/counting-plan.ts";

describe("what is counted", () => {
  test("is many requests that read little, and few that read much", () => {
    assert.deepEqual([0, 1_742, 790_000, 70_000_000].map(chooseRequests), [500, 500, 31, 4]);
  });

  test("is spread evenly over the file, however few requests there are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 500 }),
        fc.integer({ min: 1_000, max: 10_000_000 }),
        (requests, size) => {
          const keys = spreadEvenly(COUNTED_FROM);
          const drawn = Array.from({ length: requests }, () => keys(size));
          assert.ok(drawn.every((key) => Number.isInteger(key) && key >= 0 && key < size));
          const mean = drawn.reduce((sum, key) => sum + key, 0) / requests / size;
          assert.ok(Math.abs(mean - 0.5) < 0.041, `${requests} requests: ${mean}`);
        },
      ),
    );
  });

  test("has a post in twenty of a workload that has", () => {
    const keys = spreadEvenly(COUNTED_FROM);
    const kinds = Array.from({ length: 500 }, () => workloads.mixed.next(keys, 10_000).kind);
    const posts = kinds.filter((kind) => kind === "create").length;
    assert.ok(posts >= 24 && posts <= 26, `${posts}`);
  });
});
