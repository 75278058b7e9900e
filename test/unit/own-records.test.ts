import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import {
  describeOwnRecords,
  findRefusal,
  parseOwnRecord,
  writeOwnUsers,
} from "../../lab/data/own-records.ts";
import { readStoredUsers } from "../../lab/load/stored-users.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { createFolder } from "../helpers/folder.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());
let files = 0;

function fileOf(...lines: readonly string[]): string {
  const file = folder.inFolder(`records-${files++}.jsonl`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

const describeLines = (...lines: readonly string[]) => describeOwnRecords(fileOf(...lines), "id");

describe("a line", () => {
  test("is a user with the key as id and the record, as it stands, as name", () => {
    const line = '{"n": 1, "nick":"é", "id":"a"}';
    const { id, name } = parseOwnRecord(line, "nick");
    assert.deepEqual([id, name], ["é", line]);
  });

  test("that is no object with a key says what was expected", () => {
    const cases: readonly [string, RegExp][] = [
      ['{"id":"a"', /^expected a JSON object \(/],
      ['["a"]', /^expected a JSON object$/],
      ["null", /^expected a JSON object$/],
      ['{"name":"a"}', /^expected a string that is not empty in "id"$/],
      ['{"id":7}', /^expected a string that is not empty in "id"$/],
      ['{"id":"count"}', /^expected another key than "count", for \/users\/count is a question of its own$/],
      ['{"id":"."}', /^expected another key than "\.", which is a step in a URL: /],
      ['{"id":".."}', /^expected another key than "\.\.", which is a step in a URL: /],
      ['{"id":""}', /^expected a string that is not empty in "id"$/],
      ['{"id":"a\\u0000"}', /without NUL/],
      ['{"id":"\\ud800"}', /half of a surrogate pair/],
      [`{"id":"${"a".repeat(10_001)}"}`, /at most 10000 bytes/],
    ];
    for (const [line, expected] of cases)
      assert.throws(() => parseOwnRecord(line, "id"), { message: expected }, line);
    assert.throws(() => parseOwnRecord("{}", "toString"), /expected a string/);
    for (const id of ["...", "%2e", "%2E%2E", "./", "../a", "a/..", " ."])
      assert.equal(parseOwnRecord(JSON.stringify({ id }), "id").id, id);
  });
});

describe("a file of records", () => {
  test("is described by its keys and the sizes of its records", async () => {
    const found = await describeLines('{"id":"a"}', "", '  {"id":"bc"}\r', '{"id":"käse"}');
    assert.equal(found.records, 3);
    assert.deepEqual(found.bytes, { mean: 35 / 3, p50: 11, p90: 14, p99: 14, max: 14 });
    assert.equal(found.longestKeyBytes, 5);
    assert.equal(found.areKeysIndexable, false);
    assert.match(found.sha256, /^[0-9a-f]{64}$/);
  });

  test("that is wrong is named with the line", async () => {
    await assert.rejects(describeLines('{"id":"a"}', "", "{}"), /records-\d+\.jsonl:3: expected a string/);
    await assert.rejects(
      describeLines('{"id":"a"}', '{"id":".."}'),
      /records-\d+\.jsonl:2: expected another key/,
    );
    await assert.rejects(
      describeLines('{"id":"a"}', '{"id":"b"}', '{"id":"a"}'),
      /:3: expected a key that no line before has, found "a" again$/,
    );
    const binary = fileOf();
    writeFileSync(binary, Buffer.from([0x7b, 0xff, 0x7d]));
    await assert.rejects(describeOwnRecords(binary, "id"), /:1: expected UTF-8$/);
    await assert.rejects(describeLines("", ""), /expected at least one record, found none$/);
    await assert.rejects(
      describeOwnRecords(folder.inFolder("none.jsonl"), "id"),
      /none\.jsonl: no such file$/,
    );
  });

  test("is left out by approaches whose index cannot hold its keys", async () => {
    const spaced = await describeLines('{"id":"a b"}');
    assert.match(findRefusal(approaches.binary, spaced) ?? "", /1 to 36 printable ASCII/);
    const long = await describeLines(`{"id":"${"a".repeat(3_000)}"}`);
    assert.match(findRefusal(approaches.postgres, long) ?? "", /up to 2600 bytes, and the longest has 3000/);
    assert.match(findRefusal(approaches.lmdb, long) ?? "", /up to 658 bytes/);
    for (const name of ["linear", "map", "sqlite", "leveldb", "rocksdb", "lsm"] as const)
      assert.equal(findRefusal(approaches[name], long), null);
    const plain = await describeLines('{"id":"a"}');
    for (const row of Object.values<Approach>(approaches)) assert.equal(findRefusal(row, plain), null);
  });

  test("is read back as the load asks for it, whatever the records are", async () => {
    const keys = fc
      .string({ unit: "binary", minLength: 1, maxLength: 20 })
      .filter((key) => !key.includes("\0") && key.isWellFormed());
    const records = fc.uniqueArray(fc.record({ id: keys, more: fc.jsonValue() }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(records, async (values) => {
        const file = fileOf(...values.map((value) => JSON.stringify(value)));
        const described = await describeOwnRecords(file, "id");
        const [users, ids] = [`${file}.users`, `${file}.ids`];
        await writeOwnUsers({ ...described, refusals: {} }, users, ids);
        assert.deepEqual(
          JSON.parse(readFileSync(ids, "utf8")),
          values.map(({ id }) => id),
        );
        const userAt = readStoredUsers(users);
        for (const [index, value] of values.entries()) {
          assert.equal(userAt?.(index).id, value.id);
          assert.deepEqual(JSON.parse(userAt?.(index).name ?? ""), JSON.parse(JSON.stringify(value)));
        }
        const another = userAt?.(FIRST_UNSTORED_INDEX + 1);
        assert.ok(
          values.some(({ id }) => id === another?.id),
          "new ones are as long as those that are stored",
        );
      }),
      { numRuns: 5 },
    );
  });

  test("that changed since it was described is refused", async () => {
    const file = fileOf('{"id":"a"}');
    const described = { ...(await describeOwnRecords(file, "id")), refusals: {} };
    writeFileSync(file, '{"id":"b"}');
    await assert.rejects(
      writeOwnUsers(described, `${file}.users`, `${file}.ids`),
      /changed while it was being read/,
    );
  });
});
