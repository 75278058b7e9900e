// What a plan says of so much memory.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Need } from "../../lab/plan/need.ts";
import { renderAnswer } from "../../lab/plan/page.ts";
import { environment } from "../helpers/measurements.ts";
import { memoryTrialWith, memoryWindowWith, memoryWith } from "../helpers/memory-record.ts";
import { answerFor, evidenceOf, runOf, steady } from "../helpers/plan.ts";

const MIB = 2 ** 20;
const LIMIT = 256 * MIB;
/** What the control group of the bench in test/helpers/measurements.ts allows; its machine has 8 GB. */
const MACHINE = 4e9;

const reads = (approach: string, rate: number, serverRssBytes = 100e6) => ({
  ...{ approach, rates: steady(rate), serverRssBytes },
  workload: "read",
});
/** A service with 100 MB resident and 1.64 MB of files: by the rule 201.64 MB are enough. */
const bench = runOf([reads("map", 1_000)]);

describe("memory is enough", () => {
  const judge = (memoryBytes: number | null, need: Partial<Need> = {}) =>
    answerFor({ memoryBytes, ...need }, evidenceOf([bench])).of("map");

  test("where nobody asks", () => {
    assert.equal(judge(null).verdict, "can");
  });

  test("where there is twice what the service had resident, and room for its files", () => {
    assert.equal(judge(201_640_000).verdict, "can");
    const { verdict, gaps } = judge(201_639_999);
    assert.equal(verdict, "not measured");
    assert.match(
      gaps[0]?.text ?? "",
      /^whether .* is enough; by the rule of twice its resident memory and all its files, 193 MiB is$/,
    );
    assert.equal(gaps[0]?.command, "sudo make memory LIMIT=192MiB MULTIPLES=0.01");
  });

  test("for longer records in proportion", () => {
    assert.equal(judge(2 * 201_640_000, { recordBytes: 328 }).verdict, "can");
    assert.equal(judge(201_640_000, { recordBytes: 180 }).verdict, "can", "within a tenth they are alike");
    assert.equal(judge(2 * 201_640_000 - 1, { recordBytes: 328 }).verdict, "not measured");
  });

  test("for fewer users, and not for more", () => {
    assert.equal(judge(201_640_000, { users: 10 }).verdict, "can");
    assert.equal(judge(201_640_000, { users: 10_001 }).verdict, "not measured");
  });

  test("by a rule, which the answer names beside what is seen, with those that it was needed for", () => {
    const notesFor = (memoryBytes: number | null) =>
      renderAnswer(answerFor({ memoryBytes }, evidenceOf([bench])))
        .split("\n")
        .filter((line) => /guessed|rule/.test(line));
    assert.deepEqual(notesFor(null), [
      "  - nothing is guessed: more users, longer records and less memory never cost less, and what that leaves open has to be measured",
    ]);
    const [rule, nothing, ...others] = notesFor(300e6);
    assert.match(
      rule ?? "",
      /one rule, and not seen: twice what the service had resident and room for all its files is enough \(map\)$/,
    );
    assert.match(nothing ?? "", /^ {2}- nothing else is guessed: /);
    assert.deepEqual(others, []);
    assert.doesNotMatch(notesFor(MACHINE)[0] ?? "", /\(map\)/);
  });

  test("where as much was there, whatever a database's server has, of which nobody knows", () => {
    const of = (memoryBytes: number) =>
      answerFor({ memoryBytes }, evidenceOf([runOf([reads("postgres", 1_000)])])).of("postgres");
    assert.deepEqual([of(MACHINE).verdict, of(MACHINE - 1).verdict], ["can", "not measured"]);
    assert.match(
      of(MACHINE - 1).gaps[0]?.text ?? "",
      /is enough; it was measured where 3,815 MiB were there$/,
    );
  });

  test("where a bench had no more by its own control group", () => {
    const machine = {
      ...environment.machine,
      cgroup: { version: 2, cpuLimitCores: null, memoryLimitBytes: LIMIT },
    };
    const limited = runOf([reads("postgres", 1_000)], { machine: machine as typeof environment.machine });
    const { verdict } = answerFor({ memoryBytes: LIMIT }, evidenceOf([limited])).of("postgres");
    assert.equal(verdict, "can");
  });

  test("for a heap that V8 gives with less than there was", () => {
    const large = { ...environment.machine, cgroup: null };
    const judgeOf = (gigabytes: number) =>
      answerFor(
        { memoryBytes: 7.9e9 },
        evidenceOf([runOf([reads("map", 1_000, gigabytes * 1e9)], { machine: large })]),
      ).of("map").verdict;
    assert.deepEqual([judgeOf(2.3), judgeOf(2.4)], ["can", "not measured"]);
  });

  test("does not make slower approaches quicker", () => {
    assert.equal(judge(4e9, { readsPerSecond: 900 }).verdict, "cannot");
  });
});

describe("an experiment with a limit", () => {
  const trial = { approach: "map", size: 10_000, dataBytes: 1_640_000 };
  /** 2,000 reads per second of two connections. */
  const served = memoryWith(memoryTrialWith({ ...trial, windows: [memoryWindowWith({ cache: "warm" })] }));
  const judge = (record: typeof served, need: Partial<Need>) =>
    answerFor({ memoryBytes: LIMIT, ...need }, evidenceOf([], { memory: [record] })).of("map");

  test("shows that so many reads can be had with no more", () => {
    const { verdict, by } = judge(served, { readsPerSecond: 1_500 });
    assert.equal(verdict, "can");
    assert.equal(by[0]?.run, served.run);
    assert.equal(judge(served, { readsPerSecond: 1_500, memoryBytes: null }).verdict, "can");
    assert.equal(judge(served, { readsPerSecond: 10, memoryBytes: LIMIT - 1 }).verdict, "not measured");
    assert.equal(judge(served, { readsPerSecond: 10, recordBytes: 181 }).verdict, "not measured");
  });

  test("of few connections never shows that more cannot be had", () => {
    const { verdict, gaps } = judge(served, { readsPerSecond: 1_501 });
    assert.equal(verdict, "not measured");
    assert.equal(gaps[0]?.command, "make bench SIZE=10000 WORKLOADS=read");
  });

  test("says nothing of writes, and the answer says that nothing does", () => {
    const written = runOf([{ ...reads("map", 900, 200e6), workload: "create" }, reads("map", 900, 200e6)]);
    const evidence = evidenceOf([written], { memory: [served] });
    const { of, ...found } = answerFor(
      { memoryBytes: LIMIT, readsPerSecond: 1, writesPerSecond: 1 },
      evidence,
    );
    assert.equal(of("map").verdict, "not measured");
    assert.equal(of("map").gaps[0]?.command, null);
    assert.match(
      renderAnswer(found),
      /map: .* it serves with 256 MiB .*\n +no command of the lab measures it/,
    );
  });

  const ending = (cause: "killed" | "hung") => ({
    ...trial,
    end: { cause, words: "killed by the system", afterMs: 9 },
    ...{ startupMs: null, memory: null, windows: [] },
  });
  const ended = memoryWith(memoryTrialWith(ending("killed")));

  test("that ended a service shows that as much is too little, for more users and longer records as well", () => {
    const { verdict, reasons } = judge(ended, {});
    assert.equal(verdict, "cannot");
    assert.deepEqual(reasons, [
      {
        text: "with 256 MiB at 10,000 users it did not serve: killed by the system",
        shownBy: "memory-2026-01-02T03-04-05, map",
      },
    ]);
    assert.equal(judge(ended, { users: 20_000, recordBytes: 500, memoryBytes: LIMIT / 2 }).verdict, "cannot");
    for (const need of [
      { memoryBytes: LIMIT + 1 },
      { users: 9_999 },
      { recordBytes: 149 },
      { memoryBytes: null },
    ])
      assert.equal(judge(ended, need).verdict, "not measured", JSON.stringify(need));
  });

  test("that was made again with the same limit and users counts instead", () => {
    const late = (record: typeof served) => ({ ...record, run: "memory-late" });
    const judgeBoth = (...memory: readonly (typeof served)[]) =>
      answerFor({ memoryBytes: LIMIT, readsPerSecond: 10 }, evidenceOf([], { memory })).of("map").verdict;
    assert.equal(judgeBoth(late(served), ended), "can");
    assert.equal(judgeBoth(late(ended), served), "cannot");
    assert.equal(judgeBoth({ ...late(served), limitBytes: 2 * LIMIT }, ended), "cannot", "another limit");
  });

  test("says nothing where blocks disagree, where it hung, and where a server lost a process", () => {
    const killed = memoryTrialWith(ending("killed"));
    for (const trials of [
      [killed, memoryTrialWith({ ...trial, block: 2 })],
      [memoryTrialWith(ending("hung"))],
      [memoryTrialWith({ ...trial, oomKills: 1 })],
    ])
      assert.equal(judge(memoryWith(...trials), { readsPerSecond: 1 }).verdict, "not measured");
  });
});

test("more memory never makes an answer worse", () => {
  const order = ["can", "cannot tell", "not measured", "cannot"];
  const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 });
  const limits = fc.uniqueArray(fc.integer({ min: 64, max: 600 }), { maxLength: 4 });
  const amount = fc.integer({ min: 64, max: 10_000 });
  const usersOf = (power: number) => 10 ** power;
  fc.assert(
    fc.property(
      sizes,
      limits,
      fc.tuple(amount, amount),
      fc.integer({ min: 1, max: 7 }).map(usersOf),
      fc.double({ min: 0.1, max: 3_000, noNaN: true }),
      (benches, tried, amounts, users, readsPerSecond) => {
        // Each more takes more memory and is slower; what is tried with a limit that is too low ends.
        const needMib = (power: number) => 70 + 60 * power;
        const runs = benches.map((power) =>
          runOf([reads("map", 4_000 / power, needMib(power) * MIB)], {
            size: usersOf(power),
            run: `${power}`,
          }),
        );
        const memory = tried.map((mib) => {
          const trials = benches.map((power) =>
            memoryTrialWith({
              ...{ approach: "map", size: usersOf(power), dataBytes: usersOf(power) * 164 },
              ...(mib < needMib(power) && { end: { cause: "killed" as const, words: "killed", afterMs: 1 } }),
              windows: [memoryWindowWith({ requests: Math.round((mib * 5) / power) })],
            }),
          );
          return { ...memoryWith(...trials), limitBytes: mib * MIB };
        });
        const evidence = evidenceOf(runs, { memory });
        const place = (mib: number) =>
          order.indexOf(
            answerFor({ users, readsPerSecond, memoryBytes: mib * MIB }, evidence).of("map").verdict,
          );
        assert.ok(place(Math.max(...amounts)) <= place(Math.min(...amounts)));
      },
    ),
    { numRuns: 300 },
  );
});
