// The parts of the log-structured merge tree that only compute.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { seededId, seededUser } from "../../k6/lib/users.ts";
import { computeAmplification, planMerge, startCounters } from "../../services/storage/lsm/background.ts";
import { checkLine, overheadBytes, toLine } from "../../services/storage/lsm/log.ts";
import { addToFilter, createFilter, hashId, mayHold, type Table } from "../../services/storage/lsm/table.ts";
import { mergeSorted } from "../../services/storage/lsm/table-maker.ts";
import { userWithId } from "../helpers/users.ts";

/** What a plan asks of a table. */
const table = (number: number, bytes: number) => ({ file: `${number}.table`, bytes }) as Table;

/** Any character of 16 bits, halves of pairs as well. */
const anyUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

describe("a Bloom filter", () => {
  test("may hold whatever was added", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: anyUnit })), (ids) => {
        const filter = createFilter(ids.length);
        for (const id of ids) addToFilter(filter, hashId(id));
        for (const id of ids) assert.ok(mayHold(filter, hashId(id)));
      }),
    );
  });

  test("may hold 0.8 % of what was not added, as the arithmetic says", () => {
    const ids = 50_000;
    const filter = createFilter(ids);
    for (let index = 0; index < ids; index++) addToFilter(filter, hashId(seededId(1, index)));
    let mistaken = 0;
    for (let index = ids; index < 2 * ids; index++)
      if (mayHold(filter, hashId(seededId(1, index)))) mistaken++;
    // (1 - e^(-7/10))^7 is 0.0082.
    assert.ok(mistaken > ids * 0.006 && mistaken < ids * 0.0105, `${mistaken} of ${ids}`);
  });

  test("tells ids apart that differ in one character", () => {
    const hashes = Array.from({ length: 10_000 }, (_, index) => hashId(`user-${index}`));
    assert.ok(new Set(hashes).size === hashes.length);
  });
});

describe("merging", () => {
  test("yields the ids of all sources, sorted", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: anyUnit })),
        fc.integer({ min: 1, max: 6 }),
        (ids, count) => {
          const sorted = ids
            .toSorted((one, other) => (one < other ? -1 : 1))
            .map((id) => userWithId(id, { name: `of ${id}` }));
          // Which source has an id is chance, as it is for random ids.
          const sources = Array.from({ length: count }, (_, source) =>
            sorted.filter(({ id }) => hashId(id) % count === source),
          );
          assert.deepEqual([...mergeSorted(sources)], sorted);
        },
      ),
    );
  });

  test("is planned for four tables of one size, the smallest first", () => {
    const unit = 1_000;
    const small = [9, 8, 7, 6].map((number) => table(number, unit * 0.9));
    const large = [5, 4, 3, 2].map((number) => table(number, unit * 4.2));
    assert.deepEqual(planMerge([...small.slice(1), ...large.slice(1)], unit), []);
    assert.deepEqual(planMerge([...small, ...large], unit), small);
    assert.deepEqual(planMerge([...small.slice(1), ...large], unit), large);
  });

  test("ends, writes each byte once for each size, and leaves few tables", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (flushes) => {
        let tables: Table[] = [];
        let [number, written] = [0, 0];
        for (let flush = 0; flush < flushes; flush++) {
          tables = [table(number++, 1_000), ...tables];
          for (let plan = planMerge(tables, 1_000); plan.length > 0; plan = planMerge(tables, 1_000)) {
            const merged = table(
              number++,
              plan.reduce((sum, { bytes }) => sum + bytes, 0),
            );
            written += merged.bytes;
            tables = [merged, ...tables.filter((one) => !plan.includes(one))];
          }
        }
        const sizes = Math.min(3, Math.floor(Math.log(flushes) / Math.log(4)));
        assert.ok(written <= flushes * 1_000 * sizes);
        assert.ok(tables.length <= 9 + Math.ceil(flushes / 64));
        // What a merge takes in memory follows from the size of what it makes.
        assert.ok(tables.every(({ bytes }) => bytes <= 64_000));
      }),
    );
  });
});

test("a record of the log is a checksum and the users, with a known answer", () => {
  const user = { id: "a", name: "Ada", email: "a@example.com", created_at: "2026-01-01T00:00:00.000Z" };
  // The checksum is Python's zlib.crc32 of the text.
  const text = JSON.stringify([user]);
  assert.equal(toLine(text), `bb5e3e0b ${text}\n`);
  const users = [0, 1, 2].map((index) => seededUser(1, index));
  const own = users.reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);
  assert.equal(Buffer.byteLength(toLine(JSON.stringify(users))) - overheadBytes(3), own);
});

test("a line is read only as it was written, whatever bit is another", () => {
  const line = Buffer.from(toLine(JSON.stringify({ name: "Zoë" })));
  assert.equal(checkLine(line)?.toString(), JSON.stringify({ name: "Zoë" }));
  for (let bit = 0; bit < 8 * line.length; bit++) {
    const damaged = Buffer.from(line);
    damaged[bit >>> 3] = (line[bit >>> 3] as number) ^ (1 << (bit & 7));
    assert.equal(checkLine(damaged), null, `bit ${bit}`);
  }
  for (let length = 0; length < line.length; length++)
    assert.equal(checkLine(line.subarray(0, length)), null);
});

test("amplification is what was written for what was stored, and nothing before anything was", () => {
  const counters = startCounters();
  assert.deepEqual(computeAmplification(counters), { writeAmplification: 0, readAmplification: 0 });
  const values = {
    userBytes: 100,
    logBytes: 110,
    flushedBytes: 105,
    mergedBytes: 285,
    lookups: 3,
    blockReads: 4,
  };
  for (const [name, value] of Object.entries(values)) counters[name as keyof typeof values].value = value;
  assert.deepEqual(computeAmplification(counters), { writeAmplification: 5, readAmplification: 1.333 });
});
