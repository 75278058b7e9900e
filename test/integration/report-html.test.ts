// report.html in a real browser: on a telephone and on a projector, in light and in dark, without a script and offline.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { renderHtml } from "../../lab/report/html/page.ts";
import { findBrowser, withoutBrowser } from "../helpers/browser.ts";
import { runCommand } from "../helpers/command.ts";
import { contrast } from "../helpers/contrast.ts";
import { createFolder } from "../helpers/folder.ts";
import { fullReport } from "../helpers/full-report.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [360, 1440];
const SCHEMES = ["light", "dark"] as const;
/** In CSS pixels, as large as the reader sees it. */
const LEAST_TEXT_HEIGHT = 10;
/** What WCAG 2.1 (AA) asks of text. */
const LEAST_CONTRAST = 4.5;

const folder = createFolder();
after(() => folder[Symbol.dispose]());

/** Expressions that the page evaluates. */
const SCROLL_WIDTH = "document.documentElement.scrollWidth";
const VIOLATIONS = `axe.run(document).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`;
/** axe leaves out text in charts and in what can be scrolled. */
const TEXT_COLOURS = `[...new Set([...document.querySelectorAll("body *")]
  .filter((element) => [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== ""))
  .map((element) => {
    const isDrawn = element.namespaceURI.endsWith("svg");
    let ground = element;
    while (ground.parentElement && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
    return getComputedStyle(element)[isDrawn ? "fill" : "color"] + " on " + getComputedStyle(ground).backgroundColor;
  }))]`;
const SHOWN_TEXTS = `[...document.querySelectorAll("figure")].flatMap((figure) =>
  [...figure.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width > 0).map((svg) => ({
    figure: figure.id,
    texts: [...svg.querySelectorAll("text")].map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return { text: text.textContent, left, right, top, bottom, size: parseFloat(getComputedStyle(text).fontSize) * scale };
    }),
  })))`;

interface ShownText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly size: number;
}

describe("report.html", { skip: withoutBrowser }, () => {
  let browser: Browser;
  const files: Record<string, string> = {};
  before(async () => {
    browser = await chromium.launch({ executablePath: findBrowser() ?? "chromium", args: ["--no-sandbox"] });
    files.full = folder.inFolder("full.html");
    writeFileSync(files.full, renderHtml(fullReport()));
    files.measured = await measure();
  });
  after(() => browser?.close());

  /** Opens a page in a browser of its own, and tells what it asks the network for. */
  async function open(file: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, requests, [Symbol.asyncDispose]: () => context.close() };
  }

  for (const name of ["full", "measured"])
    for (const width of WIDTHS)
      for (const colorScheme of SCHEMES)
        test(`(${name}) can be read at ${width} pixels in ${colorScheme}`, async () => {
          await using opened = await open(files[name] as string, {
            viewport: { width, height: 900 },
            colorScheme,
          });
          const { page, requests } = opened;
          assert.equal(requests.length, 1, `${requests}`);
          assert.ok(((await page.evaluate(SCROLL_WIDTH)) as number) <= width, "it is wider than the screen");
          await page.evaluate(AXE);
          assert.deepEqual(await page.evaluate(VIOLATIONS), []);
          assertContrast((await page.evaluate(TEXT_COLOURS)) as string[]);
          await assertLegible(page, width);
        });

  test("says the same without scripts", async () => {
    const texts = [];
    for (const javaScriptEnabled of [true, false]) {
      await using opened = await open(files.full as string, { javaScriptEnabled });
      assert.ok(await opened.page.locator("#answer .lead").isVisible());
      assert.ok(await opened.page.locator("figure svg.wide").first().isVisible());
      texts.push(await opened.page.locator("body").innerText());
    }
    assert.ok((texts[0] ?? "").length > 5_000);
    assert.ok(texts[0] === texts[1], "another text");
  });

  test("prints all of its figures and tables, in black on white", async () => {
    await using opened = await open(files.full as string, { colorScheme: "dark" });
    const { page } = opened;
    await page.emulateMedia({ media: "print" });
    assert.equal(
      await page.evaluate("getComputedStyle(document.body).backgroundColor"),
      "rgb(255, 255, 255)",
    );
    const count = await page.locator("figure table").count();
    for (let index = 0; index < count; index++)
      assert.ok(await page.locator("figure table").nth(index).isVisible());
    assert.ok((await page.pdf()).length > 50_000);
  });

  /** Makes a small run with the bench, and finds its page. */
  async function measure(): Promise<string> {
    const results = folder.inFolder("results");
    const run = [
      "--size",
      "200",
      "--connections",
      "4",
      "--warmup",
      "30ms",
      "--duration",
      "150ms",
      "--blocks",
      "2",
    ];
    const what = [
      "--approaches",
      "baseline,map,sqlite",
      "--workloads",
      "read,create",
      "--seed",
      "5",
      "--counts",
      "no",
    ];
    const where = ["--data", folder.inFolder("data"), "--results", results];
    const { code, stdout, stderr } = await runCommand("bench.ts", [...run, ...what, ...where]);
    assert.equal(code, 0, stderr);
    const file = `${results}/${readdirSync(results)[0]}/report.html`;
    assert.ok(stdout.includes(`page:    ${file}`), stdout);
    return file;
  }
});

test("report.html is made again from the data, byte by byte", { skip: withoutBrowser }, async () => {
  const results = folder.inFolder("results");
  const file = `${results}/${readdirSync(results)[0]}/report.html`;
  const before = readFileSync(file, "utf8");
  writeFileSync(file, "spoilt");
  const { code, stderr } = await runCommand("report.ts", ["--results", results]);
  assert.equal(code, 0, stderr);
  assert.ok(readFileSync(file, "utf8") === before, "another page");
});

/** @param pairs "rgb(1, 2, 3) on rgb(4, 5, 6)" */
function assertContrast(pairs: readonly string[]): void {
  assert.ok(pairs.length >= 3, `${pairs}`);
  for (const pair of pairs) {
    const [text, ground] = pair.split(" on ").map(toHex) as [string, string];
    assert.ok(contrast(text, ground) >= LEAST_CONTRAST, pair);
  }
}

function toHex(rgb: string): string {
  const [, ...parts] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(rgb) ?? assert.fail(`${rgb} is no plain colour`);
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
}

/** Every text of every chart that is shown: large enough, on the screen, and not over another. */
async function assertLegible(page: Page, width: number): Promise<void> {
  const charts = (await page.evaluate(SHOWN_TEXTS)) as { figure: string; texts: ShownText[] }[];
  assert.ok(charts.length > 3);
  for (const { figure, texts } of charts)
    for (const [index, one] of texts.entries()) {
      assert.ok(one.size >= LEAST_TEXT_HEIGHT, `${figure}: ${one.text} is ${one.size} pixels high`);
      assert.ok(one.left >= 0 && one.right <= width, `${figure}: ${one.text} is not on the screen`);
      const over = texts.slice(index + 1).find((other) => overlap(one, other));
      assert.equal(over, undefined, `${figure}: ${one.text} lies over ${over?.text}`);
    }
}

/** A line's box is higher than its letters. */
const SLACK = 3;

function overlap(one: ShownText, other: ShownText): boolean {
  const beside = one.right <= other.left || other.right <= one.left;
  return !beside && one.bottom - SLACK > other.top && other.bottom - SLACK > one.top;
}
