import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCoreList, placeOnCores } from "../../lab/targets/placement.ts";

test("with one core or none nobody is bound", () => {
  for (const cores of [[], [0]]) {
    assert.deepEqual(placeOnCores(cores), { service: [], database: [], generator: [], observers: [] });
  }
});

test("with two cores the generator has one, service and database share the other", () => {
  assert.deepEqual(placeOnCores([0, 1]), { service: [1], database: [1], generator: [0], observers: [0] });
});

test("with three or more cores each has its own, from the last on", () => {
  assert.deepEqual(placeOnCores([0, 1, 2]), { service: [2], database: [1], generator: [0], observers: [0] });
  assert.deepEqual(placeOnCores([4, 5, 6, 9]), {
    service: [9],
    database: [6],
    generator: [5],
    observers: [4],
  });
});

test("observers share the generator's core, unless some are left", () => {
  assert.deepEqual(placeOnCores([0, 1, 2]).observers, [0]);
  assert.deepEqual(placeOnCores([0, 1, 2, 3]).observers, [0]);
});

test("what is left is the generator's", () => {
  const expected = { service: [5], database: [4], generator: [1, 2, 3], observers: [0] };
  assert.deepEqual(placeOnCores([0, 1, 2, 3, 4, 5]), expected);
});

test("reads Linux's lists of cores", () => {
  assert.deepEqual(parseCoreList("0-3,8"), [0, 1, 2, 3, 8]);
  assert.deepEqual(parseCoreList("5"), [5]);
  assert.deepEqual(parseCoreList(""), []);
});
