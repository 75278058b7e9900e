import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as z from "zod";
import { byName, checkShape, list, object } from "../../lab/shape.ts";

const shape = object({
  name: z.string(),
  disk: object({ isFast: z.boolean().nullable() }),
  kind: z.enum(["closed", "open"]),
  counts: list(z.int()),
  settings: byName(z.number()),
  rate: z.number().exactOptional(),
});
const right = { name: "a", disk: { isFast: null }, kind: "open", counts: [1], settings: { a: 1 } };

describe("a value that is checked", () => {
  test("is returned when it is right, and cannot be changed any more", () => {
    const checked = checkShape(shape, { ...right, rate: 2.5 }, "file");
    assert.deepEqual(checked, { ...right, rate: 2.5 });
    for (const part of [checked, checked.disk, checked.counts, checked.settings])
      assert.ok(Object.isFrozen(part));
  });

  const wrong: [what: string, value: unknown, message: string][] = [
    ["a missing field", { ...right, name: undefined }, "name: expected string, found nothing"],
    ["another type", { ...right, disk: { isFast: "yes" } }, 'disk.isFast: expected boolean, found "yes"'],
    ["an object for a word", { ...right, name: { first: "a" } }, "name: expected string, found an object"],
    ["no object", { ...right, disk: [] }, "disk: expected object, found a list"],
    ["an unknown word", { ...right, kind: "half" }, 'kind: expected "closed" or "open", found "half"'],
    ["an item", { ...right, counts: [1, "2"] }, 'counts.1: expected number, found "2"'],
    ["a fraction", { ...right, counts: [1.5] }, "counts.0: expected int, found 1.5"],
    ["no number", { ...right, rate: Number.NaN }, "rate: expected number, found NaN"],
    ["a named value", { ...right, settings: { cache: null } }, "settings.cache: expected number, found null"],
    ["a misspelt field", { ...right, disk: { isFast: true, isfast: 1 } }, "disk: expected no isfast"],
    ["nothing at all", undefined, "expected object, found nothing"],
  ];
  for (const [what, value, message] of wrong) {
    test(`is refused by its first fault: ${what}`, () => {
      assert.throws(() => checkShape(shape, value, "some/file.json"), {
        message: `some/file.json: ${message}`,
      });
    });
  }

  test("is said to have more faults than the first", () => {
    const message = "file: name: expected string, found 1 (and 2 more)";
    assert.throws(() => checkShape(shape, { ...right, name: 1, counts: 2, settings: 3 }, "file"), {
      message,
    });
  });
});
