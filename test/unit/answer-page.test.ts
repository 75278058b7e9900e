// docs/ANSWER.md: every sentence names rows, the rows are there, and so are its figures in them, or what they are computed
// from. A table that was measured again takes its sentences along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";

const PAGE = new URL("../../docs/ANSWER.md", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, PAGE), "utf8").replaceAll(/\s+/g, " ");
const bullets = readFileSync(PAGE, "utf8")
  .split(/^- /m)
  .slice(1)
  .map((text) => (text.split("\n\n")[0] ?? "").replaceAll(/\s+/g, " "));

/** A link to a document, and the rows of it that are named until the next link, in code. */
const SOURCE = /\[\w+\]\(([^)]+)\): ([^[]+)/g;
const CODE = /(`+)(.+?)\1(?!`)/g;
/** A figure in italics is computed from the rows; how, stands behind them. */
const DERIVED = /\*([\d.,]+)\*/g;
const COMPUTATION = /\*([\d.,]+)\* = ([^;[`*]+)/g;
/** What makes a part per cent needs no row. */
const PER_CENT = "100";

interface Bullet {
  readonly sentence: string;
  readonly cited: readonly { readonly file: string; readonly row: string }[];
  /** The expression of each derived figure: "574 / 130". */
  readonly computed: ReadonlyMap<string, string>;
}

/** Splits a bullet into what it says and where that is from. */
function parseBullet(bullet: string): Bullet {
  const [sentence = "", inBrackets = ""] = bullet.split(/(?<=[.)]) \((?=\[)/);
  const sources = inBrackets.trim().replace(/\)$/, "");
  const cited = [...sources.matchAll(SOURCE)].flatMap(([, file = "", rows = ""]) =>
    [...rows.matchAll(CODE)].map(([, , row = ""]) => ({ file, row: row.trim() })),
  );
  const computations = [...sources.matchAll(COMPUTATION)];
  return {
    ...{ sentence, cited },
    computed: new Map(computations.map(([, figure = "", how = ""]) => [figure, how.trim()])),
  };
}

const listNumbers = (text: string) => text.match(/\d+(?:[.,]\d+)*/g) ?? [];

/** Lists the figures of a sentence that are in none of its rows, and those in italics that do not follow from them. */
function findUncited({ sentence, cited, computed }: Bullet): string[] {
  const known = new Set(cited.flatMap(({ row }) => listNumbers(row)));
  const derived = [...sentence.matchAll(DERIVED)].map(([, figure = ""]) => figure);
  return [
    ...listNumbers(sentence.replaceAll(DERIVED, "")).filter((number) => !known.has(number)),
    ...derived.filter((figure) => !isRounded(figure, compute(computed.get(figure)))).map((one) => `*${one}*`),
    ...[...computed.values()]
      .flatMap(listNumbers)
      .filter((number) => number !== PER_CENT && !known.has(number)),
  ];
}

/** NaN where there is nothing to compute. */
function compute(expression: string | undefined): number {
  const plain = expression?.replaceAll(",", "").replaceAll("×", "*") ?? "";
  return /^[\d.\s+*/()-]+$/.test(plain) ? Number(runInNewContext(plain)) : Number.NaN;
}

/** Whether a figure is the value, rounded to the digits that it shows: 4.4 to tenths, 61,000 to thousands. */
function isRounded(figure: string, value: number): boolean {
  const plain = figure.replaceAll(",", "");
  const decimals = plain.split(".")[1]?.length;
  if (decimals !== undefined) return value.toFixed(decimals) === plain;
  const unit = 10 ** (plain.match(/0*$/)?.[0].length ?? 0);
  return Math.round(value / unit) * unit === Number(plain);
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

  const derive = (sentence: string, how: string) =>
    findUncited(parseBullet(`${sentence} ([README](../README.md): \`| map | 574 MB | 130 MB |\`; ${how})`));
  test("in italics is computed from what is in a row", () => {
    assert.deepEqual(derive("*4.4* times.", "*4.4* = 574 / 130"), []);
    assert.deepEqual(derive("*75,000* in all, *23* %.", "*75,000* = 574 × 130; *23* = 130 / 574 × 100"), []);
    assert.deepEqual(derive("*5.4* times.", "*5.4* = (574 + 130) / 130"), []);
  });
  test("in italics that is another than is computed, or that nothing computes, is not", () => {
    assert.deepEqual(derive("*44* times.", "*44* = 574 / 130"), ["*44*"]);
    assert.deepEqual(derive("*4.42* times.", "*4.4* = 574 / 130"), ["*4.42*"]);
    assert.deepEqual(derive("*4.4* times.", "`574 MB`"), ["*4.4*"]);
  });
  test("in italics may be computed from nothing else", () =>
    assert.deepEqual(derive("*4.4* times.", "*4.4* = 572 / 130"), ["572"]));
});
