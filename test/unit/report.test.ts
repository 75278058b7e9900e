import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunData } from "../../lab/measure/results.ts";
import { formatCount, formatMs, formatWait } from "../../lab/report/format.ts";
import { renderReport } from "../../lab/report/report.ts";
import { renderTable } from "../../lab/report/table.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

test("counts have no more digits than they deserve", () => {
  assert.deepEqual([0, 0.5, 3.1852, 212.4, 66_573].map(formatCount), ["0", "0.500", "3.19", "212", "66,573"]);
});

test("durations come in the unit that suits them", () => {
  assert.deepEqual([0.0184, 0.741, 1.9, 101, 17_600].map(formatMs), [
    "18.4 µs",
    "741 µs",
    "1.90 ms",
    "101 ms",
    "17.6 s",
  ]);
  assert.deepEqual([-5, 59_400, 61_000].map(formatWait), ["0 s", "59 s", "1 min 1 s"]);
});

test("a table is aligned, and leaves out columns that say nothing", () => {
  const table = renderTable(
    [
      { title: "name", align: "left", cell: (row: { name: string; count: number }) => row.name },
      { title: "note", align: "left", cell: () => "" },
      { title: "n", align: "right", cell: (row) => String(row.count) },
    ],
    [
      { name: "a", count: 1 },
      { name: "longer", count: 1_000 },
    ],
  );
  assert.equal(
    table,
    ["| name   |    n |", "| ------ | ---: |", "| a      |    1 |", "| longer | 1000 |"].join("\n"),
  );
});

describe("a report", () => {
  const measurements = [
    measurementWith({ approach: "map", requestsPerSecond: 61_234 }),
    measurementWith({ approach: "baseline", requestsPerSecond: 70_000 }),
    measurementWith({ approach: "postgres", databaseCpuMicrosPerRequest: 40 }),
    measurementWith({ approach: "linear", requestsPerSecond: 2, windowMs: 17_600, requests: 35 }),
    measurementWith({ approach: "sqlite", unfinished: 3 }),
    measurementWith({ approach: "binary", error: "the service ended: killed" }),
    measurementWith({ approach: "map", workload: "create" }),
  ];
  const render = (data: Partial<RunData> = {}) =>
    renderReport({ environment, measurements, counts: null, ...data });
  const text = render();

  test("has a table per workload, with the lesson's figures beside those of its workload", () => {
    assert.match(text, /## read: .*\n\n\| approach/);
    assert.match(text, /\| map +\| +61,234 \|.*66,573 req\/s, 741 µs \|/);
    const create = text.slice(text.indexOf("## create"));
    assert.ok(!create.includes("the lesson's"));
    assert.match(create, /survives/);
  });

  test("says what a reader could take amiss", () => {
    assert.match(text, /baseline: stores nothing/);
    assert.match(text, /linear: the window grew from 2.00 s to 17.6 s, until the last answer/);
    assert.match(text, /linear .*too few/);
    assert.match(text, /sqlite: 3 requests were not answered within the wait limit/);
    assert.match(text, /binary: a trial left out: the service ended: killed/);
    assert.match(text, /postgres: CPU\/request is the service's \+ the database's/);
    assert.match(text, /95.0 µs \+ 40.0 µs/);
  });

  test("says that one block is no ground for an interval or an order", () => {
    assert.match(text, /Fewer than 5 blocks say too little about chance/);
    assert.doesNotMatch(text, /±|Cannot be told apart/);
  });

  test("gives every figure its interval, and says which are wide and who cannot be told apart", () => {
    const blocks = [100, 80, 120, 90, 110].flatMap((mood, index) => [
      measurementWith({ block: index + 1, approach: "map", requestsPerSecond: 600 * mood }),
      measurementWith({
        block: index + 1,
        approach: "sqlite",
        requestsPerSecond: (590 + (index % 2) * 20) * mood,
      }),
      measurementWith({ block: index + 1, approach: "linear", requestsPerSecond: 2 * mood }),
    ]);
    const several = render({ measurements: blocks });
    assert.match(several, /\| map +\| +60,000 \| 48,000 – 72,000 \| 4\.00 ms ±1 % \|/);
    assert.match(
      several,
      /^Not precise .*: map throughput 40 %; sqlite throughput \d+ %; linear throughput 40 %\./m,
    );
    assert.match(several, /^Cannot be told apart by throughput: map and sqlite \(1\.\d\d times, .*\)\.$/m);
    assert.match(several, /^Throughput within blocks: sqlite to linear \d{3} times, \d{3} – \d{3}\.$/m);
    assert.match(
      several,
      /^Cannot be told apart by CPU\/request: map and sqlite \(1\.00 .*; sqlite and linear/m,
    );
  });

  test("names machine, order, data and the command that repeats it", () => {
    for (const part of ["A CPU, 2 cores", "seed 7", "c0ffee", environment.command, "commit 0123abc"]) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(!text.includes("with changes"));
    assert.match(render({ environment: { ...environment, isDirty: true } }), /with changes/);
    assert.match(render({ environment: { ...environment, placement: null } }), /not bound to cores/);
  });

  test("says above the tables who had to share a core", () => {
    assert.doesNotMatch(text, /^>/m);
    const crowded = { service: [1], database: [1], generator: [0], observers: [0] };
    const software = { ...environment.software, postgresql: "18.4" };
    const shared = render({ environment: { ...environment, placement: crowded, software } });
    assert.match(
      shared,
      /^> Too few cores.*PostgreSQL shares the service's core; what watches, and services that wait, share/m,
    );
    const roomy = { service: [3], database: [2], generator: [1], observers: [0] };
    assert.doesNotMatch(render({ environment: { ...environment, placement: roomy, software } }), /^>/m);
    assert.match(
      render({ environment: { ...environment, placement: null } }),
      /^> Nobody was bound to cores/m,
    );
  });

  test("leads to the dashboards at the time of the run", () => {
    assert.doesNotMatch(text, /dashboards/);
    const watched = render({
      environment: { ...environment, dashboards: "http://localhost:3000" },
      measurements: [measurementWith({ endedAt: "2026-01-02T03:05:02.500Z" })],
    });
    const [from, to] = [Date.UTC(2026, 0, 2, 3, 4, 5), Date.UTC(2026, 0, 2, 3, 5, 7, 500)];
    assert.ok(
      watched.includes(
        `http://localhost:3000/d/lab-side-by-side?from=${from}&to=${to}&var-run=${environment.run}`,
      ),
    );
  });

  test("is the same from the same data", () => {
    assert.equal(render(), text);
  });
});
