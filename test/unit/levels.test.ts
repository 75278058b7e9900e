// The level of durability of a run: what its rows promise, and what their services say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asInForce, promiseOf } from "../../lab/measure/levels.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { Durability } from "../../services/storage/user-store.ts";

const saying = (approach: string, durability: Durability) => ({
  approach,
  durability,
  recordsAtStart: 0,
  dataBytes: 0,
  settings: {},
  versions: {},
});
const { map, baseline } = approaches;

test("an approach promises what its row says of a level, and nothing else where it keeps no writes", () => {
  assert.equal(promiseOf(map, "lesson"), "process");
  assert.equal(promiseOf(map, "power"), "power");
  assert.equal(promiseOf(baseline, "power"), "nothing");
  assert.equal(promiseOf({ ...map, levels: { none: "nothing" } }, "power"), null);
});

test("rows say what their services do; those of the lesson's level may differ, as by a setting of the store's own", () => {
  const { map: found } = asInForce({ map }, "lesson", { map: saying("map", "nothing") });
  assert.equal(found?.durability, "nothing");
  assert.equal(asInForce({ map }, "power", { map: saying("map", "power") }).map?.durability, "power");
  assert.equal(asInForce({ map }, "power", { map: null }).map?.durability, "power");
});

test("a run is refused whose service is on another level than was asked for", () => {
  const message = /^map: at DURABILITY=power its service says .* survives process; expected power$/;
  assert.throws(() => asInForce({ map }, "power", { map: saying("map", "process") }), { message });
});
