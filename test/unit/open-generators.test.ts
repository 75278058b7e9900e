import assert from "node:assert/strict";
import { test } from "node:test";
import { renderGenerators } from "../../lab/report/open-generators.ts";
import { summarizeOpen } from "../../lab/report/summary.ts";
import { measurementWith } from "../helpers/measurements.ts";

const openBy = (generator: string, targetRequestsPerSecond: number, isAgain?: true) =>
  measurementWith({
    load: "open",
    rate: `${targetRequestsPerSecond}`,
    generator,
    targetRequestsPerSecond,
    ...(isAgain && { isAgain }),
  });

test("says who made which rates of an open load, where there were several", () => {
  const rows = summarizeOpen([openBy("builtin", 9_000), openBy("k6", 100), openBy("k6", 1_900)], "read");
  assert.deepEqual(renderGenerators(rows), [
    "Who made the load, in requests per second: k6 from 100 to 1,900; builtin from 9,000 to 9,000.",
  ]);
  const one = summarizeOpen([openBy("k6", 100), openBy("builtin", 100, true)], "read");
  assert.deepEqual(renderGenerators(one), []);
});
