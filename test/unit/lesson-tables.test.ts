import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Claim } from "../../lab/lesson/claim.ts";
import { claimRules, judgeClaims } from "../../lab/lesson/claims.ts";
import { drawClaims, renderClaims } from "../../lab/lesson/tables/claims-table.ts";
import { renderGrowth } from "../../lab/lesson/tables/growth-table.ts";
import { renderTables } from "../../lab/lesson/tables/lesson-page.ts";
import { renderImports, renderLoading } from "../../lab/lesson/tables/loading-table.ts";
import { renderPublished } from "../../lab/lesson/tables/published-table.ts";
import { formatEstimate, formatFactor, formatShare, nameSize } from "../../lab/lesson/words.ts";
import { checkPublished } from "../../lab/measure/lessons.ts";
import { evidenceOf, roundsOf, runOf } from "../helpers/lesson-evidence.ts";

const rowOf = (table: string, start: RegExp) => table.split("\n").find((line) => start.test(line)) ?? "";

test("a lesson says what the CPU time allows of an approach that the generator limited", () => {
  const limited = { verdict: "client-limited", impliedRequestsPerSecond: 60_000 } as const;
  const table = renderPublished([runOf(10_000, { map: limited, linear: {} })]);
  assert.match(rowOf(table, /^\| map/), /≈ 60,000 .*req\/s \(derived\)/);
  assert.doesNotMatch(rowOf(table, /^\| linear/), /derived/);
});

test("a lesson names who was not warm, size by size", () => {
  const warming = { requestsByThird: [700, 950, 1_000] as const };
  const tables = renderTables(evidenceOf([runOf(10_000, { map: {} }), runOf(1_000_000, { map: warming })]));
  assert.match(tables, /^1M: Not steady: .*: map \(1\.43 times the first, .*; 1\.05 times the second, /m);
  assert.doesNotMatch(tables, /^10k: Not steady/m);
});

describe("the published figures", () => {
  test("fit 50 connections, but for linear at a million", () => {
    const checks = checkPublished();
    assert.equal(checks.length, 12);
    const unsound = checks.filter(({ isSound }) => !isSound);
    assert.deepEqual(
      unsound.map(({ approach, size, busyConnections }) => [approach, size, busyConnections.toFixed(1)]),
      [["linear", 1_000_000, "5.3"]],
    );
    for (const { busyConnections, isSound } of checks)
      if (isSound) assert.ok(busyConnections > 42.5 && busyConnections < 57.5);
  });

  test("stand beside ours, and the table says which of them contradict themselves", () => {
    const table = renderPublished([
      runOf(10_000, { map: { requestsPerSecond: 40_000 }, baseline: { requestsPerSecond: 50_000 } }),
      runOf(1_000_000, { map: { requestsPerSecond: 38_000 }, linear: { requestsPerSecond: 2.04 } }),
    ]);
    assert.match(
      rowOf(table, /^\| map +\| +10k/),
      /40,000 \| 40,000 – 40,000 \| +66,573 .* 741 µs \| +49 \|/,
    );
    assert.match(rowOf(table, /^\| linear +\| +1M/), /2\.04 .* 5\.00 \| .* 1\.06 s \| 5 \(!\) \|/);
    assert.match(rowOf(table, /^\| baseline/), /50,000 .* – \|/);
    assert.match(table, /linear at 1M, as published, violates Little's law: .* 5\.30 of 50 connections/);
    const places = ["baseline", "linear", "map"].map((name) => table.indexOf(`| ${name}`));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  test("an approach without a good trial has no figures", () => {
    const table = renderPublished([runOf(10_000, { map: { error: "it ended" } })]);
    assert.match(rowOf(table, /^\| map/), /\| +– \| .*66,573 .*invalid/);
  });
});

describe("growth", () => {
  const evidence = evidenceOf(
    [
      runOf(10_000, {
        baseline: {},
        linear: { serverCpuMicrosPerRequest: 100 },
        map: { serverCpuMicrosPerRequest: 20 },
      }),
      runOf(1_000_000, {
        linear: { serverCpuMicrosPerRequest: 10_000 },
        map: { serverCpuMicrosPerRequest: 20 },
      }),
    ],
    {
      experiments: {
        "lone-request": {
          sizes: [10_000, 1_000_000],
          rounds: roundsOf({
            "linear 10000": 9,
            "linear 1000000": 900,
            "map 10000": 0.1,
            "map 1000000": 0.1,
          }),
        },
      },
    },
  );

  test("is an exponent with its interval for each approach, and for one that is asked alone", () => {
    const table = renderGrowth(evidence) ?? "";
    assert.match(rowOf(table, /^\| linear /), /1\.00 \(1\.00 – 1\.00\)/);
    assert.match(rowOf(table, /^\| map /), /0\.00 \(0\.00 – 0\.00\)/);
    assert.match(rowOf(table, /^\| linear, alone/), /1\.00 \(1\.00 – 1\.00\) \| +\|/);
    assert.match(table, /hold what it takes without any user, of baseline 100 MB \(.*\) and 300 ms \(/);
  });

  test("needs two sizes", () => {
    assert.equal(renderGrowth(evidenceOf([runOf(10_000, { map: {} })])), null);
  });
});

test("loading shows services and loaders, at each size", () => {
  const loaded = { milliseconds: 500, bytes: 300e6 };
  const evidence = evidenceOf([runOf(10_000, { map: { startupMs: 450, serverRssBytes: 150e6 } })], {
    experiments: {
      loading: {
        sizes: [10_000],
        rounds: roundsOf({ "lesson 10000": loaded, "ours 10000": loaded }),
        characters: 1e6,
      },
    },
  });
  const table = renderLoading(evidence);
  assert.match(rowOf(table, /^\| map /), /450 ms .* 150 MB/);
  assert.match(rowOf(table, /^\| the lesson's loader/), /500 ms .* 300 MB/);
});

test("imports say what is a sample", () => {
  const importing = {
    size: 1_000_000,
    sampleRows: 700,
    rounds: roundsOf({ lesson: 0.008, ours: 0.003, "row by row": 0.4 }),
  };
  const table = renderImports(evidenceOf([], { experiments: { importing } })) ?? "";
  assert.match(
    rowOf(table, /row by row/),
    /samples of up to 700, extrapolated\) \| +400 µs .* 400 s \(400 s – 400 s\)/,
  );
  assert.match(rowOf(table, /the lesson's way/), / 8\.00 µs .* 8\.00 s/);
  assert.equal(renderImports(evidenceOf([])), null);
});

test("a lesson that has measured nothing says so", () => {
  assert.equal(renderTables(evidenceOf([])), "Nothing has been measured yet.");
});

describe("the claims table", () => {
  const claims: Claim[] = judgeClaims(evidenceOf([runOf(1_000_000, { map: {}, sqlite: {} })]));

  test("is a line for each claim in Markdown", () => {
    const lines = renderClaims(claims).split("\n");
    assert.equal(lines.length, claims.length + 2);
    assert.ok(lines.every((line) => line.split(" | ").length === 5));
  });

  test("fits the terminal, with every word of every claim", () => {
    for (const width of [100, 120, 160]) {
      const table = drawClaims(claims, width);
      const longest = Math.max(...table.split("\n").map((line) => line.length));
      assert.ok(longest <= width, `${longest} of ${width}`);
      assert.ok(longest > width - 4, `${longest} of ${width}`);
      const words = claims.flatMap(({ claim, measured, why }) => `${claim} ${measured} ${why}`.split(" "));
      for (const word of words) assert.ok(table.includes(word), word);
    }
  });
});

test("docs/CLAIMS.md says of every claim what the code does", () => {
  const page = readFileSync(new URL("../../docs/CLAIMS.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => /^\| \d/.test(line));
  assert.deepEqual(
    rows,
    claimRules.map(({ id, claim, rule }) => `| ${id} | ${claim} | ${rule} |`),
  );
});

test("sizes, ratios and intervals are written as people do", () => {
  assert.deepEqual([300, 10_000, 1_000_000, 1_500].map(nameSize), ["300", "10k", "1M", "1500"]);
  assert.deepEqual([0.984, -0.001, 14_400, 29.1].map(formatFactor), ["0.98", "0.00", "14,400", "29.1"]);
  assert.deepEqual([0.5, 0.034].map(formatShare), ["50 %", "3.4 %"]);
  assert.equal(formatEstimate({ value: 2, low: 1, high: 3 }, String), "2 (1 – 3)");
  assert.equal(formatEstimate({ value: 2, low: 1, high: Number.POSITIVE_INFINITY }, String), "2 (1 or more)");
  assert.equal(formatEstimate({ value: 2, low: Number.NEGATIVE_INFINITY, high: 3 }, String), "2 (3 or less)");
  assert.equal(formatEstimate({ value: 2, low: null, high: null }, String), "2");
});
