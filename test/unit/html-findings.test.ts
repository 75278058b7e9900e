// What the charts of the page say, from data whose answer is known.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeCost } from "../../lab/report/html/cost-section.ts";
import { partLengths, takeApart } from "../../lab/report/html/cpu-parts.ts";
import { listGrowth, startup, throughput, writeGrowth } from "../../lab/report/html/growth.ts";
import { findCut } from "../../lab/report/html/stacked-chart.ts";
import { listSubjects, type Subject } from "../../lab/report/html/subject.ts";
import { runOf, type Trials } from "../helpers/lesson-evidence.ts";

const subjectOf = (approaches: Record<string, Trials>) =>
  listSubjects([runOf(10_000, approaches)])[0] as Subject;
const moods = [0.8, 0.9, 1, 1.1, 1.2];
/** CPU time in five blocks: what HTTP costs there, and what a store adds. */
const cpu = (store: number, database?: number): Trials =>
  moods.map((mood) => ({
    serverCpuMicrosPerRequest: 20 * mood + store,
    ...(database !== undefined && { databaseCpuMicrosPerRequest: database }),
  }));

describe("CPU time taken apart", () => {
  const parts = takeApart(
    subjectOf({ linear: cpu(5_980), baseline: cpu(0), map: cpu(1), postgres: cpu(60, 40), sqlite: cpu(-2) }),
  );
  const find = (name: string) => parts.find(({ approach }) => approach === name);

  test("gives each store what it costs beyond HTTP alone in the same block", () => {
    assert.deepEqual(find("map")?.http, find("baseline")?.service);
    for (const key of ["value", "low", "high"] as const)
      assert.ok(Math.abs((find("map")?.store?.[key] ?? 0) - 1) < 1e-9);
    assert.equal(find("baseline")?.store, null);
    assert.equal(find("postgres")?.database?.value, 40);
    assert.equal(find("postgres")?.total.value, 120);
  });

  test("puts the cheapest first", () => {
    assert.deepEqual(
      parts.map(({ approach }) => approach),
      ["sqlite", "baseline", "map", "postgres", "linear"],
    );
  });

  test("makes bars whose parts add up, none below nothing", () => {
    for (const of of parts) {
      const lengths = partLengths(of);
      const sum = lengths.reduce<number>((total, length) => total + (length ?? 0), 0);
      assert.ok(Math.abs(sum - of.total.value) < 1e-9, of.approach);
      for (const length of lengths) assert.ok(length === null || length >= 0, of.approach);
    }
  });

  test("says of whom HTTP is most, and of whom it is least", () => {
    assert.equal(
      writeCost(parts),
      "HTTP is most of the CPU time of sqlite and map, and 0.33 % of that of linear",
    );
  });

  test("is not done without something that stores nothing", () => {
    const alone = takeApart(subjectOf({ map: cpu(1), linear: cpu(980) }));
    assert.ok(alone.every(({ http, store }) => http === null && store === null));
    assert.deepEqual(partLengths(alone[0] as never), [0, 21, null]);
    assert.match(
      writeCost(alone),
      /^a request to map costs 21\.0 µs \(.*\); a request to linear costs 1\.00 ms \(.*\)$/,
    );
  });

  test("leaves out no bar, and cuts those that would leave nothing to see of the others", () => {
    assert.equal(findCut([20, 30, 160]), null);
    assert.equal(findCut([20, 30, 160, 6_000]), 200);
  });
});

describe("growth", () => {
  const figures = (requestsPerSecond: number, startupMs: number): Trials =>
    moods.map((mood) => ({ requestsPerSecond: requestsPerSecond * mood, startupMs: startupMs * mood }));
  const subjects = listSubjects([
    runOf(10_000, {
      map: [...(figures(40_000, 400) as [])].reverse(),
      linear: figures(200, 400),
      sqlite: figures(9, 9),
    }),
    runOf(1_000_000, { map: figures(40_000, 4_000), linear: figures(2, 400) }),
  ]);
  const write = (grown: typeof throughput) =>
    writeGrowth(
      grown,
      listGrowth(grown, subjects),
      subjects.map(({ size }) => size),
    );

  test("is said by factor, the strongest first, and not where chance explains it", () => {
    assert.equal(
      write(throughput),
      "Requests per second from 10,000 to 1,000,000 users: linear 100 times less (100 to 100); no difference found for map",
    );
    assert.match(
      write(startup),
      /^Time from start .*: map 10 times more \(6\.7 to 15\); no difference found for linear$/,
    );
  });

  test("has an exponent: -1 for what falls in proportion", () => {
    const rows = listGrowth(throughput, subjects);
    const exponentOf = (name: string) => rows.find(({ approach }) => approach === name)?.exponent;
    assert.ok(Math.abs((exponentOf("linear")?.value ?? 0) + 1) < 1e-9);
    assert.equal(exponentOf("sqlite"), null);
  });
});
