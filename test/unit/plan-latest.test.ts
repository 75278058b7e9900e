// What a plan keeps of earlier experiments when a later one asked a part of what they did.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { type CrashRecord, crashRecords, type Outcome } from "../../lab/crash/record.ts";
import { readEvidence } from "../../lab/plan/read-evidence.ts";
import { crashWith, outcome } from "../helpers/crash-record.ts";
import { createFolder } from "../helpers/folder.ts";
import { answerFor, evidenceOf, questionsWith, rateWith, runOf, steady } from "../helpers/plan.ts";
import { cellWith, type TrialFields, writersWith } from "../helpers/writers-record.ts";

const cells = (...names: readonly string[]) =>
  names.flatMap((approach) => [
    { approach, workload: "read", rates: steady(10_000) },
    { approach, workload: "create", rates: steady(1_000), durability: "power" },
  ]);

describe("crash experiments", () => {
  const run = runOf(cells("map", "sqlite"));
  const crash = (name: string, ...outcomes: readonly Partial<Outcome>[]): CrashRecord => ({
    ...crashWith(...outcomes.map(outcome)),
    run: `crash-${name}`,
  });
  const killed = (lost: number): Partial<Outcome> => ({
    ...{
      figures: { lost, acknowledged: 100 },
      outcome: lost > 0 ? ("failed" as const) : ("passed" as const),
    },
  });
  /** Of one kill at each level at which the map promises to survive its end. */
  const everywhere = (of: Partial<Outcome>) =>
    (["lesson", "process", "power"] as const).map((level) => ({ ...of, level }));
  const lost = crash("early", ...everywhere(killed(5)));
  const judge = (...newestFirst: readonly CrashRecord[]) =>
    answerFor({ writesPerSecond: 10 }, evidenceOf([run], { crash: newestFirst }));

  test("that saw a loss are not hidden by one that asked something else", () => {
    const { verdict, reasons } = judge(crash("late", { experiment: "tear" }), lost).of("map");
    assert.equal(verdict, "cannot");
    assert.deepEqual(reasons, [
      { text: "kill: 5 of 100 acknowledged writes were lost", shownBy: "crash-early, map at lesson" },
    ]);
  });

  test("that asked the same again count instead", () => {
    const { verdict, support } = judge(crash("late", killed(0)), lost).of("map");
    assert.equal(verdict, "can");
    assert.equal(support[0]?.shownBy, "crash-late, map at lesson");
    assert.equal(judge(lost, crash("before", ...everywhere(killed(0)))).of("map").verdict, "cannot");
  });

  test("of another approach or question, not run, or broken, say nothing of it", () => {
    for (const other of [
      { ...killed(0), subject: "sqlite" },
      { ...killed(0), question: "another" },
      { outcome: "not run" as const, measured: "only root may" },
      { outcome: "failed" as const, measured: "it broke: no port was free" },
    ])
      assert.equal(
        judge(crash("late", ...everywhere(other)), lost).of("map").verdict,
        "cannot",
        JSON.stringify(other),
      );
  });

  test("that have not asked an approach leave it to its settings' word, and the answer says whose", () => {
    const words = (...records: readonly CrashRecord[]) =>
      judge(...records).caveats.flatMap(({ text }) => (text.includes("settings' word") ? [text] : []));
    assert.deepEqual(words(crash("late", { experiment: "tear" }), crash("early", killed(0))), [
      "No finished crash experiment has shown what writes of sqlite survive: that is the settings' word (make crash APPROACHES=sqlite).",
    ]);
    assert.match(words()[0] ?? "", /writes of map and sqlite survive/);
    const both = [killed(0), { ...killed(0), subject: "sqlite" }];
    assert.deepEqual(words(crash("late", ...both)), []);
    const reading = answerFor({}, evidenceOf([run]));
    assert.ok(!reading.caveats.some(({ text }) => text.includes("settings' word")), "nothing is written");
  });

  test("are all found in the results, the latest first", () => {
    using folder = createFolder();
    const write = (day: number, record: CrashRecord) => {
      const path = crashRecords.createFolder(folder.path, new Date(Date.UTC(2026, 0, day)));
      crashRecords.write(path, { ...record, run: basename(path) });
      return basename(path);
    };
    const early = write(2, crash("", killed(5), { ...killed(5), subject: "sqlite" }));
    const late = write(3, crash("", killed(0)));
    write(4, { ...crash("", { ...killed(0), subject: "sqlite" }), endedAt: null });
    const { crash: found } = readEvidence(folder.path, lost.machine, false);
    assert.deepEqual(
      found.map((one) => [one.subject, one.figures.lost, one.run]),
      [
        ["map", 0, late],
        ["sqlite", 5, early],
      ],
    );
  });
});

describe("experiments with several writers", () => {
  const run = runOf(cells("map", "sqlite"));
  const writers = (name: string, size: number, ...trials: readonly TrialFields[]) =>
    writersWith({
      ...{ run: `writers-${name}`, size },
      trials: trials.flatMap((trial) =>
        cellWith({ processes: 2, durability: "power", seededAtEnd: size, ...trial }),
      ),
    });
  const sqlite: TrialFields = { approach: "sqlite", setup: "5 s timeout" };
  const lossy: TrialFields = { approach: "map", findings: { lost: 7 } };
  const judge = (...newestFirst: readonly ReturnType<typeof writers>[]) =>
    answerFor({ writesPerSecond: 5, processes: "several" }, evidenceOf([run], { writers: newestFirst })).of;

  test("are not hidden by one of other approaches", () => {
    const of = judge(writers("late", 10_000, sqlite), writers("early", 10_000, lossy));
    assert.equal(of("map").verdict, "cannot");
    assert.match(of("map").reasons[0]?.text ?? "", /^not to be shared: 35 lost/);
    assert.equal(of("map").reasons[0]?.shownBy, "writers-early, map");
    assert.equal(of("sqlite").verdict, "can");
    assert.equal(of("sqlite").support[0]?.shownBy, "writers-late, sqlite");
  });

  test("of the same setup and size count instead, for what was lost and for what was written", () => {
    const [good, bad] = [
      writers("good", 10_000, sqlite),
      writers("bad", 10_000, { ...sqlite, ...lossy, approach: "sqlite" }),
    ];
    assert.equal(judge(good, bad)("sqlite").verdict, "can");
    const { verdict, reasons } = judge(bad, good)("sqlite");
    assert.equal(verdict, "cannot");
    assert.equal(reasons[0]?.shownBy, "writers-bad, sqlite");
  });

  test("of another size or setup stand beside it, and each run is named", () => {
    for (const later of [
      writers("late", 20_000, sqlite),
      writers("late", 10_000, { ...sqlite, setup: "no timeout" }),
    ]) {
      const { verdict, reasons } = judge(
        later,
        writers("early", 10_000, { ...sqlite, findings: { lost: 1 } }),
      )("sqlite");
      assert.equal(verdict, "cannot");
      assert.equal(reasons[0]?.shownBy, "writers-late and writers-early, sqlite");
    }
  });
});

describe("orders", () => {
  const need = {
    ...{ asks: ["orders"] as const, readsPerSecond: 10, writesPerSecond: 10 },
    processes: "several" as const,
  };
  const reads = ["sqlite-indexed", "postgres-indexed"].map((approach) => ({
    ...{ approach, workload: "orders-of-user", rates: steady(1_000) },
  }));
  const five = (approach: string, orders = 50) =>
    [1, 2, 3, 4, 5].map((block) => rateWith({ approach, block, orders }));
  const ordersRun = (name: string, approach: string, fields: { orders?: number; wrong?: string[] } = {}) => ({
    run: runOf(reads, { run: name }),
    questions: questionsWith(five(approach, fields.orders), fields.wrong, approach),
  });
  const judge = (...newestFirst: readonly ReturnType<typeof ordersRun>[]) =>
    answerFor(need, evidenceOf([runOf(reads)], { orders: newestFirst })).of;

  test("are not hidden by a run of other approaches", () => {
    const of = judge(
      ordersRun("late", "sqlite-indexed"),
      ordersRun("early", "postgres-indexed", { wrong: ["345 sold of 200"] }),
    );
    assert.equal(of("sqlite-indexed").verdict, "can");
    assert.equal(of("postgres-indexed").verdict, "cannot");
    assert.equal(of("postgres-indexed").reasons[0]?.shownBy, "early, postgres-indexed");
  });

  test("of the same approach and size count instead, also where the later ones are no rate", () => {
    const [good, slow] = [
      ordersRun("good", "sqlite-indexed"),
      ordersRun("slow", "sqlite-indexed", { orders: 0 }),
    ];
    assert.equal(judge(good, slow)("sqlite-indexed").verdict, "can");
    assert.equal(judge(slow, good)("sqlite-indexed").verdict, "not measured");
  });
});
