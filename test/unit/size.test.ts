import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSize } from "../../lab/data/size.ts";

test("a size is a whole number, with k for thousands and M for millions", () => {
  assert.equal(parseSize("1"), 1);
  assert.equal(parseSize("10000"), 10_000);
  assert.equal(parseSize("10k"), 10_000);
  assert.equal(parseSize("10K"), 10_000);
  assert.equal(parseSize("1M"), 1_000_000);
  assert.equal(parseSize("1m"), 1_000_000);
  assert.equal(parseSize("2147483648"), 2 ** 31);
});

test("anything else is refused with what was expected", () => {
  for (const text of [
    "",
    "0",
    "-1",
    "1.5",
    "1e3",
    "1G",
    "k",
    " 1",
    "1 k",
    "0k",
    "2147483649",
    "9999999999M",
    "0x10",
  ])
    assert.throws(() => parseSize(text), { name: "RangeError", message: /^expected a whole number/ }, text);
});
