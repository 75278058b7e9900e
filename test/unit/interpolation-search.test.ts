// Guessing where an id stands finds what halving finds, however the ids are spread.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_SEED, seededId } from "../../k6/lib/users.ts";
import { formatEntry, isIndexableId, padId } from "../../services/storage/index-entry.ts";
import { type Found, searchEntries } from "../../services/storage/interpolation-search.ts";

/** What halving takes at most, and the guesses before. */
const mostProbes = (entries: number) => 12 + Math.ceil(Math.log2(entries + 1));

function search(ids: readonly string[]) {
  const sorted = [...new Set(ids)].sort();
  const entries = Buffer.from(sorted.map((id, index) => formatEntry(id, index)).join(""), "latin1");
  const found: Found = { index: -1, probes: 0 };
  return {
    sorted,
    find(id: string): Found {
      searchEntries(entries, Buffer.from(padId(id), "latin1"), found);
      return { ...found };
    },
  };
}

/** Ids of every kind: drawn evenly, crowded behind one beginning, of one character, next to each other. */
const printable = fc.string({ minLength: 1, maxLength: 36 }).filter(isIndexableId);
const id = fc.oneof(
  fc.uuid(),
  printable,
  fc.nat(5_000).map((n) => `user-${n}`),
  fc.nat(50).map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`),
  fc.constantFrom("0", "~", "!", "f".repeat(36), "ffffffff", "00000000"),
);

test("each id is found where it stands, others are not, and within the bound", () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 200 }), fc.array(id, { maxLength: 20 }), (ids, others) => {
      const { sorted, find } = search(ids);
      for (const wanted of [...sorted, ...others]) {
        const { index, probes } = find(wanted);
        assert.equal(index, sorted.indexOf(wanted));
        assert.ok(probes <= mostProbes(sorted.length), `${probes} probes in ${sorted.length} entries`);
      }
    }),
  );
});

test("of ids that crowd at one place each is found within the bound", () => {
  const { sorted, find } = search(
    Array.from({ length: 20_000 }, (_, n) => `f${"0".repeat(20)}${n}`).concat("0", "~"),
  );
  for (const [index, wanted] of sorted.entries()) {
    const found = find(wanted);
    assert.equal(found.index, index);
    assert.ok(found.probes <= mostProbes(sorted.length));
  }
});

test("of ids that are drawn evenly each is found with a few probes, fewer than halving takes", () => {
  const { sorted, find } = search(Array.from({ length: 50_000 }, (_, n) => seededId(DEFAULT_SEED, n)));
  const probes = sorted.reduce((sum, wanted) => sum + find(wanted).probes, 0) / sorted.length;
  assert.ok(probes < Math.log2(sorted.length) / 2, `${probes} probes on average`);
});
