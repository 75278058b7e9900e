import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { renderDataTable } from "../../lab/report/html/data-table.ts";
import { html } from "../../lab/report/html/markup.ts";

const parse = (markup: string) => parseHTML(`<!doctype html><html><body>${markup}</body></html>`).document;

describe("a template", () => {
  test("escapes what comes from outside, and takes its own markup as it is", () => {
    const name = `<img onerror="x">&'`;
    const { markup } = html`<p title="${name}">${html`<b>${name}</b>`}${null}${3}${["a", html`<i></i>`]}</p>`;
    const text = "&lt;img onerror=&quot;x&quot;&gt;&amp;&#39;";
    assert.equal(markup, `<p title="${text}"><b>${text}</b>3a<i></i></p>`);
  });

  test("gives every text back when it is read, and makes no element of it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const document = parse(html`<p title="${text}">${text}</p>`.markup);
        const paragraph = document.querySelector("p");
        assert.equal(paragraph?.textContent, text);
        assert.equal(paragraph?.getAttribute("title"), text);
        assert.equal(document.querySelectorAll("body *").length, 1);
      }),
    );
  });
});

describe("a table of data", () => {
  const columns = [
    { title: "name", align: "left", cell: (row: readonly string[]) => row[0] ?? "" },
    { title: "nothing", align: "right", cell: () => "" },
    { title: "why", align: "left", cell: (row: readonly string[]) => row[1] ?? "" },
  ] as const;
  const document = parse(
    renderDataTable("<who>", columns, [
      ["a", "b"],
      ["c", "d ".repeat(40)],
    ]).markup,
  );

  test("names itself, its columns and its rows to those who hear it", () => {
    assert.equal(document.querySelector("caption")?.textContent, "<who>");
    const titles = [...document.querySelectorAll("th[scope=col]")].map(({ textContent }) => textContent);
    assert.deepEqual(titles, ["name", "why"]);
    const names = [...document.querySelectorAll("th[scope=row]")].map(({ textContent }) => textContent);
    assert.deepEqual(names, ["a", "c"]);
  });

  test("can be scrolled with the keyboard, and breaks long text only", () => {
    const region = document.querySelector("[role=region]");
    assert.equal(region?.getAttribute("tabindex"), "0");
    assert.equal(region?.getAttribute("aria-label"), "Table: <who>");
    const looks = [...document.querySelectorAll("th[scope=col]")].map((cell) => cell.getAttribute("class"));
    assert.deepEqual(looks, ["left", "long"]);
  });
});
