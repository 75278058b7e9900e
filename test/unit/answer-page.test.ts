// docs/ANSWER.md: every sentence names rows, the rows are there, and so are its figures in them. A table that was measured
// again takes its sentences along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

const PAGE = new URL("../../docs/ANSWER.md", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, PAGE), "utf8").replaceAll(/\s+/g, " ");
const bullets = readFileSync(PAGE, "utf8")
  .split(/^- /m)
  .slice(1)
  .map((text) => (text.split("\n\n")[0] ?? "").replaceAll(/\s+/g, " "));

/** A link to a document, and the rows of it that are named until the next link, in code. */
const SOURCE = /\[\w+\]\(([^)]+)\): ([^[]+)/g;
const CODE = /(`+)(.+?)\1(?!`)/g;
/** A figure in italics is computed from the rows. */
const DERIVED = /\*[\d.,]+\*/g;

interface Bullet {
  readonly sentence: string;
  readonly cited: readonly { readonly file: string; readonly row: string }[];
}

/** Splits a bullet into what it says and where that is from. */
function parseBullet(bullet: string): Bullet {
  const [sentence = "", sources = ""] = bullet.split(/(?<=[.)]) \((?=\[)/);
  const cited = [...sources.matchAll(SOURCE)].flatMap(([, file = "", rows = ""]) =>
    [...rows.matchAll(CODE)].map(([, , row = ""]) => ({ file, row: row.trim() })),
  );
  return { sentence, cited };
}

const listNumbers = (text: string) => text.match(/\d+(?:[.,]\d+)*/g) ?? [];

/** Lists the figures of a sentence that are in none of its rows. */
function findUncited({ sentence, cited }: Bullet): string[] {
  const known = new Set(cited.flatMap(({ row }) => listNumbers(row)));
  return listNumbers(sentence.replaceAll(DERIVED, "")).filter((number) => !known.has(number));
}

describe("the answer on one page", () => {
  test("has sentences", () => assert.ok(bullets.length >= 20));

  for (const bullet of bullets.map(parseBullet))
    test(`says where it is from that ${bullet.sentence}`, () => {
      assert.ok(bullet.cited.length > 0, "no row is named");
      for (const { file, row } of bullet.cited) assert.ok(read(file).includes(row), `${file} has no ${row}`);
      assert.deepEqual(findUncited(bullet), [], "figures that are in no row, and not in italics");
    });
});

describe("a figure", () => {
  const say = (sentence: string) =>
    findUncited(parseBullet(`${sentence} ([README](../README.md): \`| map | 68,107 | 3.50 s |\`)`));

  test("that is in a row is cited", () => assert.deepEqual(say("68,107 a second, 3.50 s."), []));
  test("that is only like one in a row is not", () =>
    assert.deepEqual(say("68,10 and 8,107 and 3.5."), ["68,10", "8,107", "3.5"]));
  test("in italics is computed", () => assert.deepEqual(say("*1.4* times as many as 7."), ["7"]));
});
