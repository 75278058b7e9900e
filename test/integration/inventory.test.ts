// Orders from many connections at once, over real services: what holds, what does not, and that the experiment can tell.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { prepareData } from "../../lab/data/prepare.ts";
import { findFaults, isAsExpected, listCases, runCase } from "../../lab/questions/inventory.ts";
import { openDatabaseFor } from "../../lab/targets/database-for.ts";
import { openNativeGroups } from "../../lab/targets/native-group.ts";
import type { GroupTarget } from "../../lab/targets/service-group.ts";
import { approaches } from "../../services/approaches/index.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import { createFolder } from "../helpers/folder.ts";

const SIZE = 200;
const controls = await loadOwnApproaches([
  "lab/controls/naive-linear-orders.ts",
  "lab/controls/naive-postgres-indexed.ts",
]);
const cases = listCases(approaches, controls);

describe("the inventory", () => {
  const folder = createFolder();
  const signal = new AbortController().signal;
  const dataRoot = join(folder.path, "data");
  let target: GroupTarget;
  before(async () => {
    const rows = Object.fromEntries(cases.map(({ approach, row }) => [approach, row]));
    target = openNativeGroups(await openDatabaseFor(rows, { root: dataRoot }));
    await prepareData({
      ...{ root: dataRoot, size: SIZE, seed: 1, approaches: rows, signal, onProgress: () => {} },
      databaseUrlOf: target.database?.urlOf,
    });
  });
  after(async () => {
    await target[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  for (const one of cases)
    test(`${one.approach} with ${one.processes}: must ${one.must}`, async () => {
      const stage = {
        ...{ dataRoot, size: SIZE, dataSeed: 1, target, signal },
        ...{ connections: 50, durationMs: 0, readAllLimitMs: 0 },
      };
      const finding = await runCase(stage, one, 7);
      assert.ok(isAsExpected(finding), JSON.stringify(finding));
      // Each process has all pieces in its own memory, and sells them.
      if (one.approach === "map-indexed" && one.processes === 2) assert.ok(finding.stored > finding.stock);
    });
});

describe("a fault of the inventory is found", () => {
  const orders = new Set(["a", "b"]);
  const faults: [string, Parameters<typeof findFaults>, RegExp][] = [
    ["more sold than there were", [{ orders, amountLeft: 0 }, { acknowledged: [] }, 1], /2 sold of 1/],
    ["less than none left", [{ orders, amountLeft: -1 }, { acknowledged: [] }, 1], /-1 left/],
    [
      "a piece without its order",
      [{ orders, amountLeft: 0 }, { acknowledged: [] }, 3],
      /2 orders and 0 left, of 3/,
    ],
    ["an order that is lost", [{ orders, amountLeft: 0 }, { acknowledged: ["c"] }, 2], /1 acknowledged/],
    ["pieces that nobody gets", [{ orders, amountLeft: 1 }, { acknowledged: [] }, 3], /the next was refused/],
  ];
  for (const [name, args, expected] of faults)
    test(name, () => assert.match(findFaults(...args).join("; "), expected));
  test("and none where there is none", () =>
    assert.deepEqual(findFaults({ orders, amountLeft: 0 }, { acknowledged: ["a", "b"] }, 2), []));
});
