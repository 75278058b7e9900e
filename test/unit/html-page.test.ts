// report.html as a document: what is in it, and what never is. test/integration/report-html.test.ts looks at it in a browser.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseHTML } from "linkedom";
import type { Claim } from "../../lab/lesson/claim.ts";
import type { RunData } from "../../lab/measure/results.ts";
import { renderHtml } from "../../lab/report/html/page.ts";
import { histogramOf } from "../helpers/histograms.ts";
import { runOf, type Trials } from "../helpers/lesson-evidence.ts";
import { countsWith } from "../helpers/measurements.ts";

const moods = [0.8, 0.9, 1, 1.1, 1.2];
const trials = (requestsPerSecond: number, fields = {}): Trials =>
  moods.map((mood) => ({ requestsPerSecond: requestsPerSecond * mood, ...fields }));
const small = runOf(10_000, { baseline: trials(52_000), map: trials(50_000), linear: trials(150) });
const large = runOf(1_000_000, { baseline: trials(52_000), map: trials(45_000), linear: trials(2) });

const render = (runs: readonly RunData[], claims: readonly Claim[] = []) => renderHtml({ runs, claims });
const parse = (text: string) => parseHTML(text).document;
const textOf = (text: string, selector: string) =>
  parse(text).querySelector(selector)?.textContent?.replace(/\s+/g, " ") ?? "";
const figuresOf = (text: string) => [...parse(text).querySelectorAll("figure")];

const one = render([small]);

describe("the page", () => {
  const both = render([large, small]);

  test("begins with the answer", () => {
    assert.match(textOf(one, "#answer .lead"), /^On this machine, with 10,000 users/);
  });

  test("is the same from the same data", () => {
    assert.ok(render([large, small]) === both, "another page");
    assert.ok(render([small, large]) === both, "another page for another order of the runs");
  });

  test("needs nothing but itself", () => {
    for (const way of ["<script", "<iframe", "<object", "@import", " src=", "url("])
      assert.ok(!both.includes(way), way);
    const addresses = [...parse(both).querySelectorAll("[href]")].map((element) =>
      element.getAttribute("href"),
    );
    for (const address of addresses) assert.match(address ?? "", /^#|^data:,$/);
    const policy = parse(both).querySelector("[http-equiv=Content-Security-Policy]")?.getAttribute("content");
    assert.match(policy ?? "", /^default-src 'none';/);
  });

  test("has a chart for throughput, latency and cost, and with several sizes for growth", () => {
    const idsOf = (text: string) => figuresOf(text).map(({ id }) => id);
    assert.deepEqual(idsOf(one), ["throughput-1-read", "latency-1-read", "cost-1-read"]);
    assert.deepEqual(
      idsOf(both).filter((id) => id.startsWith("growth")),
      ["growth-throughput-read", "growth-p50-read", "growth-memory-read", "growth-startup-read"],
    );
    assert.match(textOf(one, "#growth"), /one size only.*make lesson/);
  });

  test("gives every chart a finding, a text in its place, and a table", () => {
    for (const figure of figuresOf(both)) {
      const finding = figure.querySelector(".finding")?.textContent;
      assert.match(finding ?? "", /map|baseline|linear/, figure.id);
      assert.ok(figure.querySelector("table tbody tr"), figure.id);
      const charts = [...figure.querySelectorAll("svg")];
      assert.deepEqual(
        charts.map((svg) => svg.getAttribute("class")),
        ["narrow", "wide"],
      );
      for (const svg of charts) {
        assert.equal(svg.getAttribute("role"), "img");
        const [title, description] = ["aria-labelledby", "aria-describedby"].map((name) =>
          svg.querySelector(`#${svg.getAttribute(name)}`),
        );
        assert.equal(title?.textContent, finding);
        for (const name of ["map", "linear"]) assert.ok(description?.textContent.includes(name), figure.id);
      }
    }
  });

  test("has each id once, and leads to none that is not there", () => {
    const document = parse(both);
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const link of document.querySelectorAll("nav a"))
      assert.ok(ids.includes(link.getAttribute("href")?.slice(1) ?? ""));
  });

  test("draws nothing at a place that is none", () => {
    for (const wrong of ["NaN", "Infinity", "undefined", "[object"]) assert.ok(!both.includes(wrong), wrong);
  });

  test("is no larger than a photograph", () => {
    assert.ok(both.length < 300_000, `${both.length} characters`);
  });
});

describe("names and texts from outside", () => {
  const hostile = `<img src=x onerror=alert(1)>"'&</svg></style>`;
  const text = render(
    [
      {
        ...small,
        environment: {
          ...small.environment,
          command: hostile,
          machine: { ...small.environment.machine, cpu: hostile },
        },
        measurements: small.measurements.map((trial) =>
          trial.approach === "map" ? { ...trial, approach: hostile, durability: hostile } : trial,
        ),
        counts: [countsWith({ approach: hostile })],
      },
    ],
    [{ id: "1", topic: "reading", claim: hostile, measured: hostile, verdict: "holds", why: hostile }],
  );

  test("are text wherever they are shown", () => {
    const document = parse(text);
    assert.equal(document.querySelectorAll("img").length, 0);
    assert.equal(document.querySelectorAll("svg [onerror], [onerror]").length, 0);
    assert.ok(document.querySelector(".lead")?.textContent.includes(hostile));
    assert.equal(text.split("<style>").length, 2);
    assert.ok(!text.includes("<img"));
  });
});

describe("what a run may have and may lack", () => {
  test("open loads have charts of their own, and are in no closed one", () => {
    const open = ["common", "25%", "75%"].flatMap((rate) =>
      small.measurements.map((trial) => ({
        ...trial,
        load: "open" as const,
        rate,
        targetRequestsPerSecond: 70,
        requestsPerSecond: 70,
      })),
    );
    const text = render([{ ...small, measurements: [...small.measurements, ...open] }]);
    const closed = figuresOf(one);
    for (const figure of closed)
      assert.equal(parse(text).querySelector(`#${figure.id}`)?.outerHTML, figure.outerHTML, figure.id);
    const ids = figuresOf(text).map(({ id }) => id);
    assert.ok(ids.includes("open-common-1-read") && ids.includes("open-parts-1-read"), `${ids}`);
    assert.match(textOf(text, "#open-parts-1-read .finding"), /From 25 to 75 % of its capacity/);
  });

  test("trials that were made again are rows of their own, and change no other chart", () => {
    const again = small.measurements
      .filter(({ approach }) => approach === "map")
      .map((trial) => ({ ...trial, isAgain: true as const, generator: "wrk", requestsPerSecond: 90_000 }));
    const text = render([{ ...small, measurements: [...small.measurements, ...again] }]);
    assert.match(textOf(text, "#throughput-1-read table"), /map, by wrk/);
    assert.match(textOf(text, "#throughput-1-read svg"), /map, by wrk/);
    assert.match(textOf(text, "#answer .lead"), /map answers 50,000/);
    const latencies = parse(one).querySelector("#latency-1-read")?.outerHTML;
    assert.equal(parse(text).querySelector("#latency-1-read")?.outerHTML, latencies);
  });

  test("histograms become curves; without them the percentiles are joined", () => {
    const latencies = Array.from({ length: 5_000 }, (_, index) => 1 + (index / 500) ** 2);
    const latencyHistogram = histogramOf(latencies);
    const curved = render([runOf(10_000, { map: trials(50_000, { latencyHistogram, requests: 5_000 }) })]);
    const pointsOf = (text: string) => {
      const paths = [...parse(text).querySelectorAll("#latency-1-read svg.wide g[stroke-width='2'] path")];
      return Math.max(...paths.map((path) => path.getAttribute("d")?.split("L").length ?? 0));
    };
    assert.ok(pointsOf(curved) > 30, `${pointsOf(curved)}`);
    assert.equal(pointsOf(render([runOf(10_000, { map: trials(50_000) })])), 4);
  });

  test("claims come with their verdicts, and the way to them where there are none", () => {
    const claim: Claim = {
      id: "4",
      topic: "reading",
      claim: "Map: flat",
      measured: "0.98 (0.91 to 1.02)",
      verdict: "does not hold",
      why: "It falls.",
    };
    const text = textOf(render([small], [claim]), "#claims");
    assert.match(
      text,
      /1 claims?\. Does not hold: 1\..*✗ does not hold.*Map: flat.*0\.98 \(0\.91 to 1\.02\).*It falls\./,
    );
    assert.match(textOf(one, "#claims"), /make lesson/);
  });

  test("the published figures are judged by Little's law", () => {
    const text = textOf(one, "#published");
    assert.match(
      text,
      /linear at 1,000,000 users violates it: 5\.0 requests per second of 1\.06 s each keep 5\.3 connections/,
    );
    assert.match(text, /other figures of the lessons keep 45 to 51/);
  });

  test("counts, verdicts and noise are there where they were taken", () => {
    const counted = { ...small, counts: [countsWith({ approach: "map", systemCalls: 2 })] };
    assert.match(textOf(render([counted]), "#counts table"), /map2/);
    assert.match(textOf(one, "#counts"), /Not run: system calls/);
    assert.match(textOf(one, "#verdicts table"), /map ?read ?closed ?10,000 ?5 ?5/);
    const noisy = small.measurements.map((trial, index) => ({ ...trial, canaryMs: index === 0 ? 30 : 10 }));
    assert.match(
      textOf(render([{ ...small, measurements: noisy }]), ".caveats"),
      /1 of 15 trials met a noisy machine/,
    );
    assert.match(textOf(one, "#verdicts"), /noisy machine \(fixed work .*, a synced write over 5 times, /);
  });

  test("a run without a good trial is a page that says so", () => {
    const text = render([runOf(10_000, { map: { error: "the service ended" } }, 3)]);
    assert.match(textOf(text, "#answer"), /no store answered without a fault.*3 of 3 trials failed/);
    assert.match(textOf(text, "#throughput"), /No trial without a fault.*the service ended/);
    assert.equal(figuresOf(text).length, 0);
  });
});
