import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderCounts } from "../../lab/report/counts.ts";
import { formatBytes, formatExact } from "../../lab/report/format.ts";
import { countsWith } from "../helpers/measurements.ts";

test("bytes come in the unit that suits them", () => {
  assert.deepEqual([0, 144.79, 1_742, 792_582, 70.5e6].map(formatBytes), [
    "0 B",
    "145 B",
    "1.74 kB",
    "793 kB",
    "70.5 MB",
  ]);
});

test("counted figures keep the digits that are no noise", () => {
  assert.deepEqual([2, 5.056, 20.362, 1_079.5].map(formatExact), ["2", "5.056", "20.4", "1,079.5"]);
});

describe("what a request does", () => {
  const binary = countsWith({
    approach: "binary",
    systemCalls: 20.362,
    systemCallsByName: { pread64: 13.362, close: 2, openat: 2, read: 1, statx: 1, write: 1 },
    fileReadBytes: 1_741,
  });
  const linear = countsWith({ approach: "linear", systemCalls: 16.125, fileReadBytes: 790_762 });
  const create = { workload: "create", fileWrittenBytes: 145 };
  const text = renderCounts([
    countsWith({ approach: "map" }),
    countsWith({ ...create, approach: "map", systemCalls: 5 }),
    binary,
    linear,
    countsWith({ approach: "postgres", usesDatabase: true, systemCalls: 4 }),
    countsWith({ ...create, approach: "sqlite", systemCalls: 13.9, syncs: 1.006 }),
    countsWith({ ...create, approach: "postgres", usesDatabase: true, fileWrittenBytes: 0, systemCalls: 4 }),
  ]);

  test("is a row for each approach, workload by workload, with its most frequent calls", () => {
    const rows = [...text.matchAll(/^\| (read|create) +\| (\w+)/gm)].map(([, ...cells]) => cells.join(" "));
    assert.deepEqual(rows.slice(0, 4), ["read map", "read binary", "read linear", "read postgres"]);
    assert.deepEqual(rows.slice(4), ["create map", "create sqlite", "create postgres"]);
    assert.match(
      text,
      /\| binary +\| +20\.4 \| +1\.74 kB \| +0 B \| +0 \| pread64 13\.4, close 2, openat 2 +\| +500 \|/,
    );
  });

  test("is explained: who makes the most calls, who reads files, who waits for a disk", () => {
    assert.match(
      text,
      /^read: binary makes 10\.2 times the calls of map; files are read by linear \(791 kB\) and binary \(1\.74 kB\), not by map\.$/m,
    );
    assert.match(
      text,
      /^create: sqlite makes 3\.5 times .*; no file is read; a disk is waited for by sqlite \(1\.006\), not by map\.$/m,
    );
  });

  test("does not speak for a database's server, of which it knows nothing", () => {
    assert.match(text, /^Not counted: what the server of postgres does\.$/m);
    assert.doesNotMatch(renderCounts([countsWith()]), /Not counted/);
  });

  test("has nothing to compare where all are alike", () => {
    const alike = renderCounts([countsWith({ approach: "map" }), countsWith({ approach: "baseline" })]);
    assert.match(alike, /^read: no file is read\.$/m);
    const nobodyWaits = renderCounts([
      countsWith({ ...create }),
      countsWith({ ...create, approach: "linear" }),
    ]);
    assert.match(nobodyWaits, /no disk is waited for/);
  });

  test("that was not counted is said not to be", () => {
    assert.match(renderCounts(null), /^Not run: /);
  });
});
