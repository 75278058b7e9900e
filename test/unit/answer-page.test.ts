// docs/ANSWER.md: every sentence names rows, and the rows are there. A table that was measured again takes its sentences along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

const PAGE = new URL("../../docs/ANSWER.md", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, PAGE), "utf8");
const bullets = read("ANSWER.md")
  .split(/^- /m)
  .slice(1)
  .map((text) => text.split("\n\n")[0] ?? "");

/** A link to a document, and the rows of it that are named until the next link, in code. */
const SOURCE = /\[\w+\]\(([^)]+)\): ([^[]+)/g;
const CODE = /(`+)(.+?)\1(?!`)/g;

/** Lists what a bullet says of where it is from. */
function listCited(bullet: string) {
  return [...bullet.matchAll(SOURCE)].flatMap(([, file = "", rows = ""]) =>
    [...rows.matchAll(CODE)].map(([, , row = ""]) => ({ file, row })),
  );
}

describe("the answer on one page", () => {
  test("has sentences", () => assert.ok(bullets.length >= 15));

  for (const bullet of bullets) {
    const sentence = bullet.split(/[.:(]/)[0]?.replaceAll(/\s+/g, " ") ?? "";
    test(`says where it is from that ${sentence}`, () => {
      const cited = listCited(bullet.replaceAll(/\s+/g, " "));
      assert.ok(cited.length > 0, "no row is named");
      for (const { file, row } of cited)
        assert.ok(read(file).replaceAll(/\s+/g, " ").includes(row), `${file} has no ${row}`);
    });
  }
});
