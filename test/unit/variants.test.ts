// Variants beside their lessons' forms: known answers, and what is left out.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderTable } from "../../lab/report/table.ts";
import { compareVariants, variantColumns } from "../../lab/report/variants.ts";
import { concludeLookups } from "../../lab/variants/lookups.ts";
import { listPairs } from "../../lab/variants/pairs.ts";
import { approaches } from "../../services/approaches/index.ts";
import { measurementWith } from "../helpers/measurements.ts";

const trialsOf = (approach: string, cpu: number, requestsPerSecond: number, rest = {}) =>
  Array.from({ length: 5 }, (_, block) =>
    measurementWith({
      ...{ approach, block, requestsPerSecond, serverCpuMicrosPerRequest: cpu, serverRssBytes: cpu * 1e6 },
      ...{ startupMs: 10 * cpu, workload: "read", load: "closed" },
      ...rest,
    }),
  );

const all = [
  ...trialsOf("baseline", 20, 50_000, { storesNothing: true }),
  ...trialsOf("binary", 100, 10_000),
  ...trialsOf("binary-held", 60, 16_000),
  ...trialsOf("map-compact", 25, 40_000),
];

describe("a variant beside its lesson's form", () => {
  test("is compared within blocks: the idea beyond HTTP alone, the code beyond the idea", () => {
    const [row, ...others] = compareVariants(all);
    assert.equal(others.length, 0);
    assert.deepEqual([row?.variant, row?.of, row?.workload], ["binary-held", "binary", "read"]);
    assert.equal(row?.throughput.value.toFixed(6), "1.600000");
    assert.equal(row?.memory.value.toFixed(6), "0.600000");
    assert.equal(row?.startup.value.toFixed(6), "0.600000");
    assert.equal(row?.ideaMicros?.value, 40);
    assert.equal(row?.codeMicros?.value, 40);
  });

  test("is left out where one of the two has no good trial", () => {
    const failed = all.map((trial) => (trial.approach === "binary" ? { ...trial, error: "stopped" } : trial));
    assert.deepEqual(compareVariants(failed), []);
  });

  test("has no cost of its idea where HTTP alone was not measured, and a cost below nothing is said", () => {
    const rows = compareVariants([...trialsOf("map", 25, 9), ...trialsOf("map-compact", 30, 8)]);
    assert.equal(rows[0]?.ideaMicros, null);
    const text = renderTable(variantColumns, rows);
    assert.match(text, /\| +– \| −5\.00 µs/);
    assert.match(text, /× 0\.89/);
  });
});

test("every variant of the table has its lesson's form beside it", () => {
  const pairs = listPairs(approaches);
  const variants = Object.values(approaches).filter((row) => "variantOf" in row);
  assert.equal(pairs.length, variants.length);
  assert.deepEqual(listPairs({ "map-compact": approaches["map-compact"] }), []);
});

test("lookups are compared round by round", () => {
  const cost = (elapsedMs: number) => ({ elapsedMs, cpuMs: elapsedMs / 2 });
  const { times, cpuTimes, variantMs, ofMs } = concludeLookups({
    lookups: 10,
    // The machine is slower in each round; the ratio stays.
    variant: [1, 2, 3, 4, 5].map(cost),
    of: [4, 8, 12, 16, 20].map(cost),
  });
  assert.deepEqual([variantMs.value, ofMs.value], [3, 12]);
  assert.equal(times.ratio.value.toFixed(6), "4.000000");
  assert.equal(cpuTimes.ratio.low?.toFixed(6), "4.000000");
});
