import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startRandom } from "../../k6/lib/random.ts";
import { FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import { type Operation, type WorkloadName, workloads } from "../../k6/lib/workloads.ts";

const SIZE = 1_000;
const DRAWS = 20_000;

function draw(name: WorkloadName): Operation[] {
  const random = startRandom(5);
  return Array.from({ length: DRAWS }, () => workloads[name].next(random, SIZE));
}

const isStored = ({ index }: Operation) => index >= 0 && index < SIZE;
const isUnstored = ({ index }: Operation) => index >= FIRST_UNSTORED_INDEX && index < 2 ** 32;

describe("what a workload asks", () => {
  test("read: any stored user, each as likely", () => {
    const operations = draw("read");
    assert.ok(operations.every((operation) => operation.kind === "find" && isStored(operation)));
    assert.equal(new Set(operations.map(({ index }) => index)).size, SIZE);
  });

  test("create: new users only", () => {
    assert.ok(draw("create").every((operation) => operation.kind === "create" && isUnstored(operation)));
  });

  test("mixed: 95 % reads of stored users, the rest new users", () => {
    const operations = draw("mixed");
    const finds = operations.filter(({ kind }) => kind === "find");
    assert.ok(finds.every(isStored));
    assert.ok(operations.filter(({ kind }) => kind === "create").every(isUnstored));
    const share = finds.length / DRAWS;
    assert.ok(share > 0.945 && share < 0.955, `${share}`);
  });

  test("miss: ids that no data file has", () => {
    assert.ok(draw("miss").every((operation) => operation.kind === "miss" && isUnstored(operation)));
  });

  test("last: always the last user of the seeding", () => {
    assert.ok(draw("last").every(({ kind, index }) => kind === "find" && index === SIZE - 1));
  });

  test("a workload that says it does not write sends no POST", () => {
    for (const name of Object.keys(workloads) as WorkloadName[]) {
      assert.equal(
        draw(name).some(({ kind }) => kind === "create" || kind === "order"),
        workloads[name].writes,
        name,
      );
    }
  });
});
