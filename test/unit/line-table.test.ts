// A table of lines is a map from ids to lines, whatever the ids.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CHUNK_BYTES, createLineTable } from "../../services/storage/line-table.ts";

const anyId = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("a", 'a"', "a\\", 'a\\"', "", "\u2028", "\n", "é", "\ud800"),
  fc.nat(30).map(String),
);
const lineOf = (id: string, name: string) => JSON.stringify({ id, name });

describe("a table of lines", () => {
  test("has the first line of each id, and none of others", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyId, fc.string({ unit: "binary" }))),
        fc.array(anyId),
        fc.nat(100),
        (added, others, expected) => {
          const table = createLineTable(expected);
          const map = new Map<string, string>();
          for (const [id, name] of added) {
            table.append(lineOf(id, name));
            if (!map.has(id)) map.set(id, lineOf(id, name));
          }
          assert.equal(table.count(), map.size);
          for (const id of [...map.keys(), ...others]) assert.equal(table.find(id), map.get(id) ?? null);
        },
      ),
    );
  });

  test("has lines that are longer than its chunks, and those behind them", () => {
    const table = createLineTable(1);
    const names = ["before", "é".repeat(CHUNK_BYTES), "between", "n".repeat(3 * CHUNK_BYTES), "behind"];
    for (const [index, name] of names.entries()) table.append(lineOf(String(index), name));
    for (const [index, name] of names.entries())
      assert.equal(table.find(String(index)), lineOf(String(index), name));
  });

  test("takes lines where they are, in chunks of any length", () => {
    const table = createLineTable(0);
    for (const chunkBytes of [CHUNK_BYTES, 2 * CHUNK_BYTES + 5, 100]) {
      const lines = ["a", "b"].map((id) => `${lineOf(`${id}${chunkBytes}`, "n")}\n`);
      const chunk = Buffer.alloc(chunkBytes);
      const first = table.take(chunk);
      for (const [index, line] of lines.entries()) {
        const start = index === 0 ? 0 : chunkBytes - line.length;
        chunk.write(line, start);
        table.add(first + start, first + start + line.indexOf('","'));
      }
      for (const line of lines) assert.equal(table.find(JSON.parse(line).id), line.trimEnd());
    }
  });

  test("refuses more bytes than it has places for", () => {
    const table = createLineTable(0);
    const chunk = Buffer.alloc(CHUNK_BYTES);
    assert.throws(() => {
      for (let chunks = 0; chunks <= 1024; chunks++) table.take(chunk);
    }, RangeError);
  });
});
