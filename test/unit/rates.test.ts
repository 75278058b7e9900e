import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseRates, findCapacities } from "../../lab/measure/rates.ts";
import { measurementWith } from "../helpers/measurements.ts";

test("a capacity is the median of the good closed trials", () => {
  const capacities = findCapacities([
    ...[100, 900, 300].map((requestsPerSecond) => measurementWith({ requestsPerSecond })),
    measurementWith({ requestsPerSecond: 5, error: "it ended" }),
    measurementWith({ requestsPerSecond: 7, load: "open" }),
    measurementWith({ requestsPerSecond: 0, approach: "linear", error: "it ended" }),
    measurementWith({ requestsPerSecond: 40, workload: "create" }),
  ]);
  assert.deepEqual([...(capacities.get("read") ?? [])], [["map", 300]]);
  assert.deepEqual([...(capacities.get("create") ?? [])], [["map", 40]]);
});

test("everybody is asked at one rate that the slowest can follow, and at parts of what they can do", () => {
  const rates = chooseRates(
    new Map([
      ["map", 47_654],
      ["linear", 153.7],
    ]),
    undefined,
  );
  const of = (name: string) => rates.get(name)?.map((rate) => [rate.name, rate.requestsPerSecond]);
  assert.deepEqual(of("map"), [
    ["common", 76.8],
    ["25%", 11_900],
    ["50%", 23_800],
    ["75%", 35_700],
  ]);
  assert.deepEqual(of("linear"), [
    ["common", 76.8],
    ["25%", 38.4],
    ["50%", 76.8],
    ["75%", 115],
  ]);
});

test("the common rate can be chosen", () => {
  const [common] = chooseRates(new Map([["linear", 2.04]]), 200).get("linear") ?? [];
  assert.deepEqual(common, { name: "common", requestsPerSecond: 200 });
});
