import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deriveFigures } from "../../lab/measure/figures.ts";

const report = {
  requests: 1_000,
  errors: {},
  unfinished: 0,
  droppedIterations: 0,
  windowMs: 2_000,
  latencyMs: { mean: 1, p50: 1, p90: 2, p99: 3, p999: 3.5, max: 4 },
  cpuMicros: 500_000,
  raw: "",
};
const durations = (count: number, sumMs: number) => ({ count, sumMs, cumulative: [] });
const before = {
  cpuMicros: 300_000,
  databaseCpuMicros: 100_000,
  rssBytes: 50e6,
  instance: "first",
  durations: durations(500, 100),
};
// A thousand requests of a millisecond each in two seconds keep half a connection busy.
const none = {
  generator: "builtin",
  connections: 0.5,
  durationMs: 2_000,
  elapsedMs: 2_100,
  usesDatabase: false,
  databaseSharesCore: true,
  generatorCores: 1,
  dropsUnfinished: false,
};
const after = {
  ...before,
  cpuMicros: 2_200_000,
  databaseCpuMicros: 700_000,
  rssBytes: 80e6,
  durations: durations(1_500, 600),
};

test("throughput is what was answered over the true length of the window", () => {
  assert.equal(deriveFigures(report, before, after, none).requestsPerSecond, 500);
});

test("CPU time counts from the end of the warm-up, per request", () => {
  const figures = deriveFigures(report, before, after, none);
  assert.equal(figures.serverCpuMicrosPerRequest, 1_900);
  assert.equal(figures.serverCpuShare, 0.95);
  assert.equal(figures.generatorCpuShare, 0.25);
  assert.equal(figures.generatorCpuMicrosPerRequest, 500);
  assert.equal(figures.verdict, "server-limited");
  assert.equal(figures.serverRssBytes, 80e6);
});

test("a generator's share is of the cores that it had", () => {
  const figures = deriveFigures(report, before, after, { ...none, generatorCores: 2 });
  assert.equal(figures.generatorCpuShare, 0.125);
});

test("a database's CPU time that nobody can tell is left out", () => {
  const elsewhere = { databaseCpuMicros: Number.NaN };
  const usesDatabase = { ...none, usesDatabase: true };
  const figures = deriveFigures(
    report,
    { ...before, ...elsewhere },
    { ...after, ...elsewhere },
    usesDatabase,
  );
  assert.ok(!("databaseCpuMicrosPerRequest" in figures));
  assert.equal(figures.serverCpuMicrosPerRequest, 1_900);
});

test("a database's CPU time is counted apart, and makes the server busy with the service's", () => {
  const halfBusy = { ...after, cpuMicros: 1_300_000, databaseCpuMicros: 800_000 };
  const figures = deriveFigures(report, before, halfBusy, { ...none, usesDatabase: true });
  assert.equal(figures.serverCpuMicrosPerRequest, 1_000);
  assert.equal(figures.databaseCpuMicrosPerRequest, 700);
  assert.equal(figures.verdict, "server-limited");
});

test("a database on another core is judged on its own", () => {
  const halfBusy = { ...after, cpuMicros: 1_300_000, databaseCpuMicros: 800_000 };
  const apart = { ...none, usesDatabase: true, databaseSharesCore: false };
  assert.equal(deriveFigures(report, before, halfBusy, apart).verdict, "mixed");
  const busyDatabase = { ...halfBusy, databaseCpuMicros: 2_000_000 };
  assert.equal(deriveFigures(report, before, busyDatabase, apart).verdict, "server-limited");
});

test("without a database there is no figure for one", () => {
  assert.ok(!("databaseCpuMicrosPerRequest" in deriveFigures(report, before, after, none)));
});

test("requests without an answer cost something too, and are not throughput", () => {
  const figures = deriveFigures({ ...report, requests: 900, unfinished: 100 }, before, after, none);
  assert.equal(figures.serverCpuMicrosPerRequest, 1_900);
  assert.equal(figures.requestsPerSecond, 450);
  assert.equal(figures.unfinished, 100);
});

test("wrong answers make the trial invalid, and its error says what was wrong", () => {
  const figures = deriveFigures(
    { ...report, errors: { "status 500": 7, "wrong body": 2 } },
    before,
    after,
    none,
  );
  assert.equal(figures.verdict, "invalid");
  assert.equal(figures.errors, 9);
  assert.equal(figures.error, "9 of 1009 requests failed, most of them by: status 500 (7)");
});

test("nothing answered at all gives finite figures", () => {
  const figures = deriveFigures(
    { ...report, requests: 0, unfinished: 0 },
    before,
    { ...after, durations: before.durations },
    {
      ...none,
      usesDatabase: true,
    },
  );
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value === "number") assert.ok(Number.isFinite(value), name);
  }
});

test("more requests in the air than there were connections are counted wrongly", () => {
  const figures = deriveFigures(report, before, after, { ...none, connections: 0.4 });
  assert.equal(figures.verdict, "invalid");
  assert.equal(figures.error, "throughput times latency takes 0.5 connections, and there were 0.4");
});

test("connections without a request were the generator's doing, unless the window was ending", () => {
  const idle = { ...none, connections: 1 };
  assert.equal(deriveFigures(report, before, after, idle).verdict, "client-limited");
  const ending = { ...idle, durationMs: 1_000 };
  assert.equal(deriveFigures(report, before, after, ending).verdict, "server-limited");
});

test("what the CPU time per request lets a core serve is derived from the busiest party", () => {
  const withDatabase = { ...none, usesDatabase: true };
  const implied = (asked: typeof none) =>
    deriveFigures(report, before, after, asked).impliedRequestsPerSecond;
  assert.equal(implied(none), 400);
  assert.equal(implied(withDatabase), 400);
  assert.equal(Math.round(implied({ ...withDatabase, databaseSharesCore: false }) ?? 0), 526);
});

test("a service that was started anew in the window is found out", () => {
  const other = { ...after, instance: "second" };
  assert.equal(deriveFigures(report, before, other, none).error, "the service was restarted");
});

test("a service that counts otherwise makes the trial invalid", () => {
  const other = { ...after, durations: durations(1_400, 600) };
  const { error, verdict } = deriveFigures(report, before, other, none);
  assert.equal(error, "the service counted 900 requests, and the load generator 1000");
  assert.equal(verdict, "invalid");
});

test("a window that is longer than the time in which it lay makes the trial invalid", () => {
  const { error, verdict } = deriveFigures(report, before, after, { ...none, elapsedMs: 1_500 });
  assert.equal(error, "the load generator's clock is wrong: a window of 2000 ms, and it had 1500 ms for it");
  assert.equal(verdict, "invalid");
  assert.equal(deriveFigures(report, before, after, { ...none, elapsedMs: 1_999 }).error, undefined);
});

test("a generator that cuts off what is slow cannot say how slow it is", () => {
  const cutting = { ...none, connections: 50, dropsUnfinished: true };
  assert.match(
    deriveFigures(report, before, after, cutting).error ?? "",
    /takes 0.5 connections of 50: .* cut off/,
  );
});

describe("an open load", () => {
  const open = { ...none, connections: 50, requestsPerSecond: 500 };

  test("is limited by nobody when all had time", () => {
    const idle = { ...after, cpuMicros: 700_000, databaseCpuMicros: 100_000 };
    assert.equal(deriveFigures(report, before, idle, open).verdict, "unlimited");
    assert.equal(deriveFigures(report, before, after, open).verdict, "server-limited");
  });

  test("is invalid when requests were dropped", () => {
    const { error, verdict } = deriveFigures({ ...report, droppedIterations: 3 }, before, after, open);
    assert.equal(error, "3 of 1000 requests found no free connection, and were dropped");
    assert.equal(verdict, "invalid");
  });

  test("is invalid below 99 % of its rate", () => {
    const at = (requestsPerSecond: number) =>
      deriveFigures(report, before, after, { ...open, requestsPerSecond }).error;
    assert.equal(at(505), undefined);
    const standing = { ...report, begunAfterEnd: 30 };
    assert.match(
      deriveFigures(standing, before, after, open).error ?? "",
      /^970 requests had begun when 1000/,
    );
    assert.equal(at(520), "1000 requests had begun when 1040 were due: below 99 % of the rate");
  });
});
