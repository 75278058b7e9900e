import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { sortRecords } from "../../lab/data/external-sort.ts";
import { openSource } from "../../lab/data/source-file.ts";
import { escaped } from "../helpers/users.ts";

interface SortTestOptions {
  readonly runBytes?: number;
  readonly mergeWidth?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Sorts a text in a folder of its own. Returns what was handed over, and the files that are left in the folder. */
async function sortText(text: string | Buffer, options: SortTestOptions = {}) {
  const workFolder = mkdtempSync(join(tmpdir(), "external-sort-"));
  try {
    const file = join(workFolder, "users.jsonl");
    writeFileSync(file, text);
    using source = openSource(file);
    const lines: string[] = [];
    const ids: string[] = [];
    const result = await sortRecords(
      { source, workFolder, ...options },
      ({ bytes, lineStart, lineEnd, idStart, idEnd }) => {
        lines.push(bytes.toString("utf8", lineStart, lineEnd));
        ids.push(bytes.toString("utf8", idStart, idEnd));
      },
    );
    return { ...result, lines, ids, files: readdirSync(workFolder) };
  } finally {
    rmSync(workFolder, { recursive: true });
  }
}

const user = (id: string, name = "") => ({ id, name, email: "", created_at: "" });

const id = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."09afAZ-"), maxLength: 10 }),
  fc.constantFrom("same", "0", "é", "\u{1f98a}", "\uffff", "", '"', "\\"),
  fc.uuid(),
);
/** A record in one of the ways in which JSON can write it, and its id. */
const record = fc.tuple(id, fc.nat(), fc.integer({ min: 0, max: 3 })).map(([id, serial, way]) => {
  const value = user(id, `${serial}`);
  const usual = JSON.stringify(value);
  const { id: last, ...rest } = value;
  return {
    id,
    line: [usual, ` ${usual}\t`, JSON.stringify({ ...rest, id: last }), escaped(usual)][way] as string,
  };
});

test("records come out in byte order of their ids, equal ids in file order, however many runs that takes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 40 }),
      fc.constantFrom("\n", "\r\n", "\n\n", "\n  \n"),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 2, max: 5 }),
      async (records, lineEnd, runBytes, mergeWidth) => {
        const text = records.map(({ line }) => line + lineEnd).join("");
        const sorted = await sortText(text, { runBytes, mergeWidth });
        const expected = records.toSorted((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
        assert.deepEqual(
          sorted.lines,
          expected.map(({ line }) => line),
        );
        assert.deepEqual(
          sorted.ids,
          expected.map(({ id }) => id),
        );
        assert.deepEqual([sorted.records, sorted.torn], [records.length, null]);
      },
    ),
    { numRuns: 150 },
  );
});

test("small input makes no temporary files", async () => {
  const { files } = await sortText(`${JSON.stringify(user("b"))}\n${JSON.stringify(user("a"))}\n`);
  assert.deepEqual(files, ["users.jsonl"]);
});

test("a record may be much longer than a run", async () => {
  const long = JSON.stringify(user("b", "x".repeat(100_000)));
  const short = JSON.stringify(user("a"));
  const { lines } = await sortText(`${long}\n${short}\n${long}\n${short}`, { runBytes: 1_000 });
  assert.deepEqual(lines, [short, short, long, long]);
});

test("a last line without its end counts if it is a record, and is torn if it is not", async () => {
  const whole = JSON.stringify(user("a"));
  assert.equal((await sortText(`${whole}\n${whole}`)).records, 2);
  for (const torn of [whole.slice(0, -1), "{", '"', '{"id":1}', '{"id":"é'.slice(0, -1)]) {
    const result = await sortText(`${whole}\n${torn}`);
    assert.deepEqual(
      [result.records, result.torn],
      [1, { offsetBytes: whole.length + 1, lengthBytes: torn.length }],
    );
  }
  assert.deepEqual((await sortText("")).records, 0);
});

test("a bad line is named with file, line and byte, and nothing is handed over", async () => {
  const whole = JSON.stringify(user("é", "é"));
  const bytes = Buffer.byteLength(whole);
  for (const runBytes of [1, 50, 1_000_000])
    await assert.rejects(sortText(`${whole}\n\r\n${whole}\nnot json\n${whole}\n`, { runBytes }), {
      name: "DamagedData",
      message: new RegExp(`users.jsonl, line 4, byte ${2 * bytes + 4}: Unexpected token`),
    });
});

test("progress only grows, and ends near its total; an aborted signal ends the work", async () => {
  const text = `${JSON.stringify(user("b"))}\n`.repeat(1_000);
  const done: number[] = [];
  await sortText(text, { runBytes: 5_000, onProgress: (bytes, total) => done.push(bytes / total) });
  assert.deepEqual(
    done,
    done.toSorted((a, b) => a - b),
  );
  assert.ok(done.length > 5 && done.every((part) => part <= 1));
  await assert.rejects(sortText(text, { signal: AbortSignal.abort(new Error("enough")) }), {
    message: "enough",
  });
});
