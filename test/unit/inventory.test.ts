// What the inventory's experiment concludes from orders and stores.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Expectation,
  findFailures,
  findWrong,
  type InventoryFinding,
  isAsExpected,
} from "../../lab/questions/inventory.ts";

const found = (must: Expectation, fields: Partial<InventoryFinding>): InventoryFinding => ({
  ...{ approach: "a", processes: 1, must, stock: 200, acknowledged: 200, stored: 200 },
  ...{ amountLeft: 0, refused: 0, wrong: [], failures: [] },
  ...fields,
});
const oversold = { stored: 201, amountLeft: -1, wrong: ["201 sold of 200"] };

describe("a finding is as expected", () => {
  test("of one that must hold, if nothing is wrong", () => {
    assert.ok(isAsExpected(found("hold", {})));
    assert.ok(!isAsExpected(found("hold", oversold)));
  });
  test("of a control, if more was sold than there was", () => {
    assert.ok(isAsExpected(found("fail", oversold)));
    assert.ok(!isAsExpected(found("fail", {})));
    assert.ok(!isAsExpected(found("fail", { stored: 199, wrong: ["199 sold of 200"] })));
  });
  test("of one that promises nothing, whatever was sold", () => {
    assert.ok(isAsExpected(found("either", {})));
    assert.ok(isAsExpected(found("either", oversold)));
  });
  test("of none that lost acknowledged orders, or answered otherwise", () => {
    for (const must of ["hold", "fail", "either"] as const)
      for (const failure of ["497 acknowledged orders are not there", "status 500 (300)"])
        assert.ok(!isAsExpected(found(must, { ...oversold, failures: [failure] })), `${must}: ${failure}`);
  });
});

describe("a fault of the inventory is found", () => {
  const orders = new Set(["a", "b"]);
  const faults: [string, Parameters<typeof findWrong>, RegExp][] = [
    ["more sold than there were", [{ orders, amountLeft: 0 }, 1], /2 sold of 1/],
    ["less than none left", [{ orders, amountLeft: -1 }, 1], /-1 left/],
    ["a piece without its order", [{ orders, amountLeft: 0 }, 3], /2 orders and 0 left, of 3/],
    ["pieces that nobody gets", [{ orders, amountLeft: 1 }, 3], /the next was refused/],
  ];
  for (const [name, args, expected] of faults)
    test(name, () => assert.match(findWrong(...args).join("; "), expected));
  test("an order that is lost", () =>
    assert.deepEqual(findFailures({ orders }, { acknowledged: ["a", "c"], others: {} }), [
      "1 acknowledged orders are not there",
    ]));
  test("other answers and failures", () =>
    assert.deepEqual(findFailures({ orders }, { acknowledged: [], others: { "status 500": 300 } }), [
      "status 500 (300)",
    ]));
  test("and none where there is none", () => {
    assert.deepEqual(findWrong({ orders, amountLeft: 0 }, 2), []);
    assert.deepEqual(findFailures({ orders }, { acknowledged: ["a", "b"], others: {} }), []);
  });
});
