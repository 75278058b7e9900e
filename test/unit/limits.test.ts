import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { renderLimits } from "../../lab/report/limits.ts";
import { measurementWith } from "../helpers/measurements.ts";

const LIMITED = { verdict: "client-limited", generator: "k6" } as const;
/** Trials of blocks from 1 on, of which the first `limited` were limited by k6 and made again by wrk. */
function trialsOf(approach: string, blocks: number, limited: number, times: number): Measurement[] {
  return Array.from({ length: blocks }, (_, index) => {
    const common = { approach, block: index + 1, generator: "k6" };
    if (index >= limited) return [measurementWith(common)];
    const again = { generator: "wrk", isAgain: true, requestsPerSecond: 10_000 * times } as const;
    return [
      measurementWith({ ...common, ...LIMITED }),
      ...(times > 0 ? [measurementWith({ ...common, ...again })] : []),
    ];
  }).flat();
}
const render = (...trials: Measurement[][]) => renderLimits(trials.flat(), "read").join("\n");

describe("what is said of trials that their generator limited", () => {
  test("nothing, where there are none", () => {
    assert.equal(render(trialsOf("map", 5, 0, 0)), "");
  });

  test("whose they are and how many, and that an approach can do more when it did", () => {
    const text = render(trialsOf("map", 6, 5, 1.5), trialsOf("linear", 6, 0, 0));
    assert.match(text, /limit of map in 5 of 6 trials\. /);
    assert.match(
      text,
      /Made again with a cheaper generator: map 5 trials by wrk, 1\.5\d* times .*, so it can do more/,
    );
    assert.doesNotMatch(text, /linear/);
  });

  test("not that it can do more when the other generator got less out of it, or as much", () => {
    assert.match(render(trialsOf("map", 5, 5, 0.8)), /map 5 trials by wrk, 0\.8\d* times .*, so not more\.$/);
    assert.match(render(trialsOf("map", 5, 5, 1)), /so not surely more\.$/);
  });

  test("not that all were made again, or that few repeats say anything", () => {
    assert.doesNotMatch(render(trialsOf("map", 5, 3, 0)), /again|more/);
    const text = render(trialsOf("map", 5, 2, 1.5), trialsOf("sqlite", 5, 3, 0));
    assert.match(text, /map in 2 of 5 trials, sqlite in 3 of 5 trials/);
    assert.match(text, /again with a cheaper generator: map 2 trials by wrk, .* too few to tell .*more\.$/);
  });
});
