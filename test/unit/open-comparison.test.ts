import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { renderHtml } from "../../lab/report/html/page.ts";
import { renderOpenComparison } from "../../lab/report/open-comparison.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

const MOODS = [1, 2, 4, 3, 1.5, 2.5];

/** Trials of an approach at one rate, a block each: the machine's mood times what is given per block. */
function openTrials(
  approach: string,
  rate: string,
  p99s: readonly number[],
  fields: Partial<Measurement> = {},
): Measurement[] {
  return MOODS.map((mood, index) => {
    const p99 = mood * (p99s[index % p99s.length] as number);
    return measurementWith({
      ...{ approach, rate, block: index + 1, load: "open", targetRequestsPerSecond: 1_000 },
      latencyMs: { mean: p99 / 3, p50: p99 / 4, p90: p99 / 2, p99, p999: 2 * p99, max: 3 * p99 },
      ...fields,
    });
  });
}

const render = (...trials: Measurement[][]) => renderOpenComparison(trials.flat(), "read") ?? "";
const titleOf = (...trials: Measurement[][]) => {
  const open = trials.flat();
  const closed = open.map((trial) => ({ ...trial, load: "closed" as const }));
  const run = {
    environment: { ...environment, load: "open" as const },
    measurements: [...closed, ...open],
    counts: null,
  };
  const page = renderHtml({ runs: [run], claims: [] });
  const figure = page.slice(page.indexOf('id="open-parts-1-read"'));
  return /class="finding"[^>]*>([^<]*)</.exec(figure)?.[1] ?? figure.slice(0, 400);
};

describe("tables of an open load", () => {
  const map = openTrials("map", "common", [1]);
  const binary = openTrials("binary", "common", [1.1, 0.9]);
  const linear = openTrials("linear", "common", [30, 31]);

  test("compare neighbours within blocks, and name those that cannot be told apart", () => {
    const text = render(map, binary, linear);
    assert.match(
      text,
      /^At one rate for all: Cannot be told apart by p50: .*(map and binary|binary and map) \(/m,
    );
    assert.match(text, /^At one rate for all: p99 within blocks: linear to (map|binary) \d\d\.?\d* times, /m);
  });

  test("name latencies whose intervals are wide", () => {
    assert.match(
      render(map),
      /^Not precise \(over 10 % wide\): map at one rate for all p50 \d+ %, p99 \d+ %\./m,
    );
    const steady = MOODS.map((mood) => 1 / mood);
    assert.doesNotMatch(render(openTrials("map", "50%", steady)), /Not precise/);
  });

  test("say how long a window takes in which there are enough requests for a p99", () => {
    const few = { requests: 100, targetRequestsPerSecond: 30 };
    const slow = openTrials("linear", "25%", [1], few);
    const slower = openTrials("linear", "common", [1], { ...few, targetRequestsPerSecond: 12 });
    const text = render(slow, slower, map);
    assert.match(
      text,
      /^Too few requests for a p99, which takes 1,000: linear at one rate for all; linear at 25 %\. DURATION=84s makes/m,
    );
    assert.doesNotMatch(render(map), /Too few requests/);
  });

  test("compare no p99 of too few requests", () => {
    const few = { requests: 900 };
    const text = render(openTrials("map", "50%", [1], few), openTrials("linear", "50%", [9], few));
    assert.match(text, /^At 50 %: p50 within blocks: linear to map 9\.00 times/m);
    assert.doesNotMatch(text, /by p99|p99 within/);
  });

  test("compare no trials of different generators", () => {
    const text = render(map, openTrials("linear", "common", [30], { generator: "k6" }));
    assert.doesNotMatch(text, /within blocks:|told apart/);
  });

  test("say that few blocks say little", () => {
    const text = render(map.slice(0, 3), linear.slice(0, 3));
    assert.match(
      text,
      /^Fewer than 5 blocks .*: no intervals and no order of map at one rate for all; linear/m,
    );
    assert.doesNotMatch(text, /within blocks:|told apart|Not precise/);
  });
});

describe("the title of waiting against the rate", () => {
  test("says how much longer it takes within blocks", () => {
    assert.match(
      titleOf(openTrials("map", "25%", [1]), openTrials("map", "75%", [4, 5])),
      /^From 25 to 75 % of its capacity, the time in which 99 % .* becomes 4\.5 times as long \(4\.0 to 5\.0\) with map$/,
    );
  });

  test("does not call chance a finding", () => {
    assert.match(
      titleOf(
        openTrials("baseline", "25%", [1]),
        openTrials("baseline", "75%", [0.67, 1.3]),
        openTrials("map", "25%", [1]),
        openTrials("map", "75%", [2]),
      ),
      /becomes 2\.0 times as long .* with map; no change was found with baseline$/,
    );
    assert.match(
      titleOf(openTrials("map", "25%", [1]), openTrials("map", "75%", [0.67, 1.3])),
      /^From 25 to 75 % of its capacity, no change of the time in which 99 % .* was found with map$/,
    );
  });

  test("says nothing of few blocks", () => {
    const [low, high] = [openTrials("map", "25%", [1]), openTrials("map", "75%", [9])];
    assert.match(titleOf(low.slice(0, 2), high.slice(0, 2)), /blocks too few to say how the time/);
  });
});
