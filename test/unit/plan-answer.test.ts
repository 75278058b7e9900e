import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dailyUsersOf, type Need } from "../../lab/plan/need.ts";
import { renderAnswer } from "../../lab/plan/page.ts";
import { crashWith, outcome } from "../helpers/crash-record.ts";
import { answerFor, evidenceOf, runOf, steady } from "../helpers/plan.ts";
import { cellWith, writersWith } from "../helpers/writers-record.ts";

const reads = (approach: string, rates: readonly number[]) => ({ approach, workload: "read", rates });
const writes = (approach: string, rates: readonly number[], durability = "process") => ({
  ...{ approach, rates, durability },
  workload: "create",
});

describe("an approach", () => {
  test("can do a load of up to three quarters of what was measured, and no more", () => {
    const evidence = evidenceOf([runOf([reads("map", steady(1_000))])]);
    assert.equal(answerFor({ readsPerSecond: 750 }, evidence).of("map").verdict, "can");
    assert.equal(answerFor({ readsPerSecond: 751 }, evidence).of("map").verdict, "cannot");
  });

  test("has as much headroom as the load goes into its capacity, reads and writes added up", () => {
    const evidence = evidenceOf([runOf([reads("map", steady(1_000)), writes("map", steady(100))])]);
    const { headroom } = answerFor({ readsPerSecond: 100, writesPerSecond: 10 }, evidence).of("map");
    assert.ok(Math.abs((headroom ?? 0) - 5) < 1e-9, `${headroom}`);
  });

  test("is in doubt where the need lies within the interval of five blocks", () => {
    const evidence = evidenceOf([runOf([reads("map", [500, 900, 1_000, 1_100, 2_000])])]);
    assert.equal(answerFor({ readsPerSecond: 750 }, evidence).of("map").verdict, "cannot tell");
    assert.equal(answerFor({ readsPerSecond: 300 }, evidence).of("map").verdict, "can");
    assert.equal(answerFor({ readsPerSecond: 1_600 }, evidence).of("map").verdict, "cannot");
  });

  test("that the generator limited is shown by its CPU time, and trusted only as far as it was measured", () => {
    const limited = { verdict: "client-limited" as const, impliedRequestsPerSecond: 4_000 };
    const evidence = evidenceOf([runOf([{ ...reads("map", steady(1_000)), ...limited }])]);
    const sure = answerFor({ readsPerSecond: 700 }, evidence).of("map");
    assert.equal(sure.verdict, "can");
    assert.equal(sure.by[0]?.requestsPerSecond.value, 4_000);
    assert.equal(sure.by[0]?.isImplied, true);
    assert.equal(answerFor({ readsPerSecond: 2_000 }, evidence).of("map").verdict, "cannot tell");
    assert.equal(answerFor({ readsPerSecond: 3_001 }, evidence).of("map").verdict, "cannot");
  });

  test("without a result has no answer but the command that makes one", () => {
    const evidence = evidenceOf([runOf([reads("map", steady(1_000))])]);
    const { verdict, gaps } = answerFor({}, evidence).of("sqlite");
    assert.equal(verdict, "not measured");
    assert.deepEqual(gaps, [{ text: "10,000 users", command: "make bench SIZE=10000 WORKLOADS=read" }]);
  });

  test("that stores nothing is not judged, nor is a variant that was not measured", () => {
    const { judgments } = answerFor({}, evidenceOf([runOf([reads("baseline", steady(1_000))])]));
    const names = judgments.map(({ approach }) => approach);
    assert.deepEqual(names, ["linear", "map", "binary", "sqlite", "postgres"]);
    const measured = evidenceOf([runOf([reads("map-watched", steady(1_000))])]);
    assert.equal(answerFor({}, measured).of("map-watched").verdict, "can");
  });
});

describe("sizes", () => {
  const sizes = evidenceOf([
    runOf([reads("linear", steady(1_000))], { run: "small", size: 10_000 }),
    runOf([reads("linear", steady(10))], { run: "large", size: 1_000_000 }),
  ]);
  const judge = (users: number, readsPerSecond: number) =>
    answerFor({ users, readsPerSecond }, sizes).of("linear");

  test("what is enough at a larger one is enough", () => {
    const { verdict, by } = judge(50_000, 7);
    assert.equal(verdict, "can");
    assert.equal(by[0]?.run, "large");
  });

  test("what is too little at a smaller one is too little", () => {
    assert.equal(judge(50_000, 800).verdict, "cannot");
    assert.equal(judge(50_000_000, 800).verdict, "cannot");
  });

  test("between them nothing is guessed", () => {
    const { verdict, gaps } = judge(50_000, 100);
    assert.equal(verdict, "not measured");
    assert.match(gaps[0]?.command ?? "", /SIZE=50000/);
  });

  test("nothing is said of more users than were measured, however little is asked", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000_001, max: 1e9 }),
        fc.double({ min: 0.001, max: 7, noNaN: true }),
        (users, rate) => {
          assert.equal(judge(users, rate).verdict, "not measured");
        },
      ),
    );
  });

  test("a lighter load never has a worse answer", () => {
    const order = ["can", "cannot tell", "not measured", "cannot"];
    const rates = fc.double({ min: 0.1, max: 2_000, noNaN: true });
    const users = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(users, rates, rates, (count, one, other) => {
        const [light, heavy] = [Math.min(one, other), Math.max(one, other)];
        const place = (rate: number) => order.indexOf(judge(count, rate).verdict);
        assert.ok(place(light) <= place(heavy));
      }),
    );
  });

  test("records that are more than twice as long as the measured ones need a person's own data", () => {
    const { verdict, gaps } = answerFor({ users: 10_000, recordBytes: 2_000 }, sizes).of("linear");
    assert.equal(verdict, "not measured");
    assert.equal(gaps[0]?.command, "make bench DATA=people.jsonl KEY=id");
    assert.equal(answerFor({ users: 10_000, recordBytes: 320 }, sizes).of("linear").verdict, "can");
  });

  test("of two runs of one size the later counts", () => {
    const again = evidenceOf([
      runOf([reads("map", steady(100))], { run: "late", startedAt: "2026-02-02T00:00:00.000Z" }),
      runOf([reads("map", steady(1_000))], { run: "early", startedAt: "2026-01-01T00:00:00.000Z" }),
    ]);
    assert.equal(answerFor({ readsPerSecond: 500 }, again).of("map").verdict, "cannot");
  });
});

describe("writes", () => {
  const both = (name: string, durability: string) => [
    reads(name, steady(10_000)),
    writes(name, steady(1_000), durability),
  ];

  test("are refused by an approach that takes none, with the table as witness", () => {
    const { verdict, reasons } = answerFor({ writesPerSecond: 1 }, evidenceOf([])).of("binary");
    assert.equal(verdict, "cannot");
    assert.deepEqual(reasons, [{ text: "takes no writes", shownBy: "the table of approaches" }]);
  });

  test("count only at a setting at which they survive what they must", () => {
    const need = { writesPerSecond: 10, survives: "power" as const };
    const asTaught = runOf(both("map", "process"), { run: "taught" });
    const { verdict, gaps } = answerFor(need, evidenceOf([asTaught])).of("map");
    assert.equal(verdict, "not measured");
    assert.match(gaps[0]?.command ?? "", /DURABILITY=power/);
    const atPower = runOf(both("map", "power"), { run: "power", durability: "power" });
    const found = answerFor(need, evidenceOf([asTaught, atPower])).of("map");
    assert.equal(found.verdict, "can");
    assert.equal(found.setting, "DURABILITY=power");
  });

  test("that were measured at no setting are asked for at the one that nobody has to set", () => {
    const larger = { users: 20_000, writesPerSecond: 10 };
    const { gaps } = answerFor(larger, evidenceOf([runOf(both("map", "process"))])).of("map");
    assert.deepEqual(gaps, [
      { text: "20,000 users", command: "make bench SIZE=20000 WORKLOADS=read,create" },
    ]);
  });

  test("that a crash experiment lost are no answer, and those that it kept are cited", () => {
    const need = { writesPerSecond: 10, survives: "power" as const };
    const run = runOf(both("sqlite", "power"));
    const cut = (lost: number) =>
      crashWith(
        outcome({
          experiment: "power",
          subject: "sqlite",
          level: "lesson",
          figures: { lost, acknowledged: 100 },
        }),
        outcome({
          experiment: "power",
          subject: "sqlite",
          level: "power",
          figures: { lost, acknowledged: 100 },
        }),
      );
    const lost = answerFor(need, evidenceOf([run], { crash: [cut(3)] })).of("sqlite");
    assert.equal(lost.verdict, "cannot");
    assert.match(lost.reasons[0]?.text ?? "", /3 of 100 acknowledged writes were lost/);
    const kept = answerFor(need, evidenceOf([run], { crash: [cut(0)] })).of("sqlite");
    assert.equal(kept.verdict, "can");
    assert.match(kept.support[0]?.shownBy ?? "", /crash-2026-01-02T03-04-05, sqlite at lesson/);
  });
});

describe("several processes", () => {
  const run = runOf([
    reads("map", steady(10_000)),
    reads("sqlite", steady(10_000)),
    reads("postgres", steady(10_000)),
  ]);
  const writers = writersWith({
    trials: [
      ...cellWith({ approach: "map", processes: 2, findings: { neverSeen: 7, stale: 7 } }),
      ...cellWith({ approach: "sqlite", processes: 2, setup: "5 s timeout", durability: "power" }),
      ...cellWith({ approach: "postgres", processes: 2, durability: "power" }),
    ],
  });
  const evidence = evidenceOf([run], { writers: [writers] });

  test("may read the same files", () => {
    assert.equal(answerFor({ processes: "several" }, evidenceOf([run])).of("map").verdict, "can");
  });

  test("may not write to a store in which one does not see what another has written", () => {
    const { verdict, reasons } = answerFor({ processes: "several", writesPerSecond: 5 }, evidence).of("map");
    assert.equal(verdict, "cannot");
    assert.match(reasons[0]?.text ?? "", /missing at another process to the end/);
    assert.match(reasons[0]?.shownBy ?? "", /^writers-/);
  });

  test("write as much as two were measured to write together", () => {
    const { verdict, by, setting } = answerFor({ processes: "several", writesPerSecond: 5 }, evidence).of(
      "sqlite",
    );
    assert.equal(verdict, "can");
    assert.equal(setting, "5 s timeout");
    assert.equal(by.find(({ operation }) => operation === "write")?.requestsPerSecond.value, 1_000);
    assert.equal(
      answerFor({ processes: "several", writesPerSecond: 900 }, evidence).of("sqlite").verdict,
      "cannot",
    );
  });

  test("on several machines need a server", () => {
    const { of } = answerFor({ processes: "machines", writesPerSecond: 5 }, evidence);
    assert.equal(of("sqlite").reasons[0]?.text, "its data is in files of one machine");
    assert.equal(of("postgres").verdict, "can");
  });

  test("are refused by an approach that only one may open, readers too", () => {
    const alone = evidenceOf([runOf([reads("leveldb", steady(10_000))])]);
    const { verdict, reasons } = answerFor({ processes: "several" }, alone).of("leveldb");
    assert.equal(verdict, "cannot");
    assert.equal(reasons[0]?.text, "one process alone may have it open");
    assert.equal(answerFor({}, alone).of("leveldb").verdict, "can");
  });

  test("that nobody has tried are no answer", () => {
    const { verdict, gaps } = answerFor({ processes: "several", writesPerSecond: 5 }, evidenceOf([run])).of(
      "sqlite",
    );
    assert.equal(verdict, "not measured");
    assert.deepEqual(
      gaps.map(({ command }) => command),
      ["make writers SIZE=10000"],
    );
  });
});

describe("latency", () => {
  const open = (rate: string, target: number, p99: number) => ({
    ...reads("map", steady(target)),
    ...{ load: "open" as const, rate, targetRequestsPerSecond: target },
    latencyMs: { mean: 1, p50: 1, p90: 1, p99, p999: p99, max: p99 },
  });
  const run = runOf([
    reads("map", steady(1_000)),
    open("25%", 250, 2),
    open("50%", 500, 5),
    open("75%", 750, 20),
  ]);
  const judge = (readsPerSecond: number, users = 10_000) =>
    answerFor({ readsPerSecond, users }, evidenceOf([run])).of("map").latency;

  test("is that of the lowest measured rate that is not below the load, or of the highest", () => {
    assert.deepEqual([judge(100)?.requestsPerSecond, judge(100)?.p99Ms], [250, 2]);
    assert.equal(judge(251)?.p99Ms, 5);
    assert.equal(judge(740)?.p99Ms, 20);
    assert.equal(judge(900)?.requestsPerSecond, 750);
  });

  test("is not that of fewer users, nor of a closed load", () => {
    assert.equal(judge(100, 20_000), null);
    const closed = evidenceOf([runOf([reads("map", steady(1_000))])]);
    assert.equal(answerFor({}, closed).of("map").latency, null);
  });

  test("of an open load is no capacity", () => {
    const alone = evidenceOf([runOf([open("common", 500, 5)])]);
    assert.equal(answerFor({}, alone).of("map").verdict, "not measured");
  });
});

describe("questions beside the key", () => {
  const asked = (approach: string, workload: string, rate: number) => ({
    ...{ approach, workload, rates: steady(rate) },
    durability: "power",
  });
  const orders = { asks: ["orders"] as const, readsPerSecond: 10, writesPerSecond: 10 };
  const shop = runOf([
    asked("sqlite-indexed", "orders-of-user", 1_000),
    asked("sqlite-indexed", "create", 1_000),
    asked("sqlite-indexed", "order", 20),
  ]);

  test("orders are written by ordering, however quick the posting of users is", () => {
    const { verdict, by, headroom } = answerFor(orders, evidenceOf([shop])).of("sqlite-indexed");
    assert.equal(verdict, "can");
    assert.deepEqual(
      by.map(({ workload }) => workload),
      ["orders-of-user", "order"],
    );
    assert.ok(Math.abs((headroom ?? 0) - 1 / (0.01 + 0.5)) < 1e-9, `${headroom}`);
  });

  test("where users are asked for as well, writes are the dearest of both", () => {
    const quick = ["read", "orders-of-user", "order"].map((name) => asked("sqlite-indexed", name, 1_000));
    const evidence = evidenceOf([runOf([...quick, asked("sqlite-indexed", "create", 20)])]);
    const writtenFor = (asks: Need["asks"]) =>
      answerFor({ ...orders, asks }, evidence)
        .of("sqlite-indexed")
        .by.at(-1)?.workload;
    assert.equal(writtenFor(["orders"]), "order");
    assert.equal(writtenFor(["key", "orders"]), "create");
  });

  test("are asked of who answers them, and of another form of it once it was measured", () => {
    const { judgments, of, headline } = answerFor(orders, evidenceOf([]));
    const gap = { text: "10,000 users", command: "make bench SIZE=10000 WORKLOADS=orders-of-user,order" };
    for (const name of ["linear", "sqlite", "postgres"]) assert.deepEqual(of(name).gaps[0], gap, name);
    assert.equal(of("map").verdict, "cannot");
    assert.ok(!judgments.some(({ approach }) => approach === "sqlite-indexed"));
    assert.match(headline, /^Not known yet: without one linear may do/);
    assert.ok(
      answerFor(orders, evidenceOf([shop])).judgments.some(({ approach }) => approach === "sqlite-indexed"),
    );
  });

  test("are answered by nobody whose row does not say so", () => {
    const { verdict, reasons } = answerFor({ asks: ["key", "email"] }, evidenceOf([])).of("map");
    assert.equal(verdict, "cannot");
    assert.equal(reasons[0]?.text, "does not answer what is asked by email");
  });
});

describe("the answer", () => {
  const evidence = evidenceOf([
    runOf([reads("map", steady(1_000)), reads("sqlite", steady(500)), reads("linear", steady(20))]),
  ]);

  test("says whether a database is needed", () => {
    const of = (readsPerSecond: number, found = evidence) => answerFor({ readsPerSecond }, found).headline;
    assert.match(
      of(10),
      /^No: linear and map can do this without one; of the databases sqlite can as well\.$/,
    );
    const both = ["linear", "map", "binary"].map((name) => reads(name, steady(20)));
    const slowFiles = evidenceOf([runOf([...both, reads("sqlite", steady(500))])]);
    assert.equal(of(100, slowFiles), "Yes: without one nothing here can do this; sqlite can.");
    assert.match(of(2_000), /^Not known yet: without one binary may do/);
  });

  test("says what would change it", () => {
    const { changes } = answerFor({ readsPerSecond: 200 }, evidence);
    const twice = changes.find(({ what }) => what === "twice the reads");
    assert.deepEqual(
      twice?.verdicts.map(({ approach, from, to }) => [approach, from, to]),
      [["sqlite", "can", "cannot"]],
    );
    const tenTimes = changes.find(({ what }) => what === "ten times the reads");
    assert.deepEqual(
      tenTimes?.verdicts.map(({ approach }) => approach),
      ["map", "sqlite"],
    );
    assert.ok(!changes.some(({ what }) => what.includes("survive")), "nothing is written");
  });

  test("turns rates into users a day by what it is told to assume", () => {
    assert.equal(dailyUsersOf(1, { requestsPerUserAndDay: 86_400, peakFactor: 1 }), 1);
    assert.equal(dailyUsersOf(10, { requestsPerUserAndDay: 50, peakFactor: 4 }), 4_320);
    const { day, of } = answerFor({ readsPerSecond: 100 }, evidence);
    assert.equal(day.users, 34_560);
    assert.equal(Math.round(of("map").dailyUsers ?? 0), 34_560 * 7.5);
  });

  test("carries what makes its runs say less", () => {
    const stopped = runOf([reads("map", steady(1_000))], { endedAt: null, blocks: 9, run: "stopped" });
    const { caveats } = answerFor({}, evidenceOf([stopped, runOf([], { run: "unused", endedAt: null })]));
    assert.equal(caveats[0]?.of, "stopped");
    assert.match(caveats[0]?.text ?? "", /^The run did not come to its end: 5 of 9/);
    assert.ok(!caveats.some(({ of }) => of === "unused"), "no figure is from it");
  });

  test("as text names the run of every figure and of every reason", () => {
    const { of: _, ...found } = answerFor({ readsPerSecond: 100 }, evidence);
    const text = renderAnswer(found);
    assert.match(
      text,
      /^Do you need a database\? No: map can do this without one; .* sqlite can as well\.\n\n/,
    );
    assert.match(text, /\| map {6}\| +10\.0? x|\| map +\| +10\.00 x|\| map +\| +10\.0 x/);
    assert.match(text, /from 2026-01-02T03-04-05-10000: map read; sqlite read/);
    assert.match(
      text,
      /linear: the load is at least 5\.00 times .*\n +shown by 2026-01-02T03-04-05-10000, linear read/,
    );
    assert.match(text, /binary, postgres: .*\n +make bench .* APPROACHES=binary,postgres/);
  });
});
