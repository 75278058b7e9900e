import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { createIndex, isIndexableIdBytes } from "../../lab/data/index-writer.ts";
import { formatEntry, isIndexableId } from "../../services/storage/index-entry.ts";

/** Writes an index in a folder of its own. Returns its text and what the writer counted. */
function writeIndex(records: readonly (readonly [id: string, offsetBytes: number])[]) {
  const folder = mkdtempSync(join(tmpdir(), "index-writer-"));
  try {
    using index = createIndex(join(folder, "users.idx"));
    const added = records.map(([id, offset]) => index.add(Buffer.from(`>${id}<`), 1, id.length + 1, offset));
    index.finish();
    const text = readFileSync(join(folder, "users.idx"), "latin1");
    return { text, added, entries: index.entries(), duplicates: index.duplicates() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const id = fc.string({ unit: character, minLength: 1, maxLength: 36 });

test("the entries are those of formatEntry", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(id, fc.maxSafeNat()), { selector: ([one]) => one }), (records) => {
      const sorted = records.toSorted(([a], [b]) => (a < b ? -1 : 1));
      assert.equal(writeIndex(sorted).text, sorted.map(([one, offset]) => formatEntry(one, offset)).join(""));
    }),
  );
});

test("of equal ids the first gets the entry; an id out of order is not added", () => {
  const result = writeIndex([
    ["b", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
  ]);
  assert.deepEqual(result, {
    text: formatEntry("b", 1) + formatEntry("c", 4),
    added: [true, true, false, true],
    entries: 2,
    duplicates: 1,
  });
});

test("the ids accepted as bytes are those that isIndexableId accepts", () => {
  fc.assert(
    fc.property(fc.oneof(id, fc.string({ unit: "binary", maxLength: 40 })), (text) => {
      const bytes = Buffer.from(`>${text}<`);
      assert.equal(isIndexableIdBytes(bytes, 1, bytes.length - 1), isIndexableId(text));
    }),
    { numRuns: 1_000 },
  );
  for (let byte = 0; byte < 128; byte++)
    assert.equal(isIndexableIdBytes(Buffer.of(byte), 0, 1), isIndexableId(String.fromCharCode(byte)));
});
