import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, KEY_LIMIT, sortKey } from "../../services/storage/sort-key.ts";

const keyOf = (id: Uint8Array) => sortKey(id, 0, id.length);
const hexId = fc.string({ unit: fc.constantFrom(..."0123456789abcdef-"), maxLength: 12 });
/** Any bytes, and ids that agree with hexadecimal ones for a while: near misses are where an order breaks. */
const anyId = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  hexId.map((text) => new TextEncoder().encode(text)),
  fc
    .tuple(hexId, fc.uint8Array({ maxLength: 4 }))
    .map(([text, rest]) => Buffer.concat([Buffer.from(text), rest])),
);

test("an id before another in byte order never has the larger key", () => {
  fc.assert(
    fc.property(anyId, anyId, (x, y) => {
      const order = Buffer.compare(x, y);
      if (order < 0) assert.ok(keyOf(x) <= keyOf(y));
      if (order > 0) assert.ok(keyOf(x) >= keyOf(y));
    }),
    { numRuns: 5_000 },
  );
});

test("every single byte keeps its place among the others, alone and after a digit", () => {
  for (const prefix of ["", "7", "7f3"]) {
    const ids = Array.from({ length: 256 }, (_, byte) =>
      Buffer.concat([Buffer.from(prefix), Buffer.of(byte)]),
    );
    const keys = [Buffer.from(prefix), ...ids].map(keyOf);
    assert.deepEqual(
      keys,
      keys.toSorted((a, b) => a - b),
    );
  }
});

test("keys are whole numbers of 32 bits, and of 8 hexadecimal digits the number that these write", () => {
  fc.assert(
    fc.property(anyId, (id) => Number.isInteger(keyOf(id)) && keyOf(id) >= 0 && keyOf(id) < KEY_LIMIT),
  );
  assert.equal(keyOf(Buffer.from("0123cdef-89ab")), 0x0123cdef);
});

test("bytes are compared as Buffer.compare does, wherever they are", () => {
  fc.assert(
    fc.property(anyId, anyId, fc.uint8Array({ maxLength: 3 }), (x, y, before) => {
      const a = Buffer.concat([before, x]);
      const order = compareBytes(a, before.length, a.length, y, 0, y.length);
      assert.equal(Math.sign(order), Buffer.compare(x, y));
    }),
  );
});
