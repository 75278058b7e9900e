import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderPrecisionGoal } from "../../lab/report/precision-goal.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

/** Blocks in which map is three times as quick as linear, and sqlite twice, but for its own noise. */
const blocksOf = (count: number, noise = 0) =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap((block) => [
    measurementWith({ block, approach: "map", requestsPerSecond: 300 }),
    measurementWith({ block, approach: "sqlite", requestsPerSecond: 200 * (1 + noise * (block % 2)) }),
    measurementWith({ block, approach: "linear", requestsPerSecond: 100 }),
  ]);
const asked = { ...environment, precision: 0.05, blocks: 40 };

describe("the precision that was asked for", () => {
  test("is not spoken of where nobody asked", () => {
    assert.deepEqual(renderPrecisionGoal(environment, blocksOf(5)), []);
  });

  test("is said to be reached when every ratio is sure", () => {
    const [text] = renderPrecisionGoal(asked, blocksOf(7, 0.01));
    assert.match(text ?? "", /^As precise as was asked for: after 7 blocks .* wider than 5 %\.$/);
  });

  test("is said to be missed when one is not, with all that are wider, the widest first", () => {
    const [text] = renderPrecisionGoal({ ...asked, blocks: 6 }, blocksOf(6, 0.2));
    assert.match(
      text ?? "",
      /^Not as precise .* after 6 blocks, the most .* Wider than 5 %: read, throughput of (sqlite over linear|map over sqlite) \(\d+ %\); read, .*\.$/,
    );
  });

  test("is missed by a run that was stopped, however sure its few blocks seem", () => {
    assert.match(
      renderPrecisionGoal(asked, blocksOf(3))[0] ?? "",
      /^Not as precise as was asked for after 3 blocks, when it was stopped\. .*\(no interval\)/,
    );
  });

  test("cannot be told from one block, which has no interval", () => {
    assert.match(
      renderPrecisionGoal(asked, blocksOf(1))[0] ?? "",
      /throughput of map over sqlite \(no interval\)/,
    );
  });
});
