import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeAnswer } from "../../lab/report/html/answer.ts";
import { writeOrder } from "../../lab/report/html/comparison-section.ts";
import { listSubjects } from "../../lab/report/html/subject.ts";
import { joinWords } from "../../lab/report/html/words.ts";
import { runOf, type Trials } from "../helpers/lesson-evidence.ts";

/** Throughputs of five blocks around one, all with the same mood. */
const at = (requestsPerSecond: number, fields = {}): Trials =>
  [0.8, 0.9, 1, 1.1, 1.2].map((mood) => ({ requestsPerSecond: requestsPerSecond * mood, ...fields }));
/** Throughputs that differ from block to block as chance has it. */
const noisyAt = (requestsPerSecond: number): Trials =>
  [1.2, 0.8, 1.1, 0.9, 1].map((mood) => ({ requestsPerSecond: requestsPerSecond * mood }));

const answerOf = (approaches: Record<string, Trials>, size = 10_000, blocks?: number) =>
  writeAnswer(listSubjects([runOf(size, approaches, blocks)]));

describe("the answer", () => {
  test("names the quickest store, how sure that is, and how far behind the next and the last are", () => {
    const [lead] = answerOf({ map: at(48_000), sqlite: at(24_000), linear: at(150) });
    assert.equal(
      lead,
      "On this machine, with 10,000 users and 50 connections, map answers 48,000 reads a second (38,000 to 58,000): " +
        "2.0 times as many as sqlite (2.0 to 2.0) and 320 times as many as linear (320 to 320).",
    );
  });

  test("does not name a winner where chance may have made it", () => {
    const [lead] = answerOf({ map: at(48_000), sqlite: noisyAt(47_000), linear: at(150) });
    assert.match(
      lead ?? "",
      /map and sqlite answer the most reads a second, .* and cannot be told apart; map answers 320 times as many as linear/,
    );
  });

  test("says of few blocks that they say little about chance", () => {
    const [lead] = answerOf({ map: at(50_000), sqlite: at(25_000) }, 10_000, 4);
    assert.match(
      lead ?? "",
      /map answers 48,000 reads a second: 2\.0 times as many as sqlite\. Fewer than 5 blocks say too little/,
    );
  });

  test("compares with HTTP alone, which is no store and never the answer", () => {
    const level = answerOf({ baseline: at(52_000), map: noisyAt(50_000) });
    assert.match(level[0] ?? "", /map answers 50,000/);
    assert.match(
      level[1] ?? "",
      /nothing stored \(baseline\), answers 52,000 .*: map cannot be told apart from that/,
    );
    const [, apart] = answerOf({ baseline: at(50_000), map: at(40_000) });
    assert.match(apart ?? "", /map reaches 80 % \(80 % to 80 %\) of that/);
  });

  test("knows by the trials, not by the name, what stores nothing", () => {
    const [main, alone] = answerOf({ nothing: at(90_000, { storesNothing: true }), map: at(45_000) });
    assert.match(main ?? "", /map answers 45,000/);
    assert.match(alone ?? "", /nothing stored \(nothing\), answers 90,000 .*: map reaches 50 %/);
  });

  test("is about the largest size and the first workload", () => {
    const runs = [runOf(10_000, { map: at(50_000) }), runOf(1_000_000, { map: at(40_000) })];
    assert.match(writeAnswer(listSubjects(runs))[0] ?? "", /with 1,000,000 users .* map answers 40,000/);
  });

  test("compares writes among those that survive the same", () => {
    const write = (durability: string) => ({ workload: "create", durability });
    const run = runOf(10_000, {
      map: at(20_000, write("process")),
      linear: at(10_000, write("process")),
      sqlite: at(2_000, write("power")),
    });
    const [read, created] = writeAnswer(
      listSubjects([
        { ...run, measurements: [...runOf(10_000, { map: at(9_000) }).measurements, ...run.measurements] },
      ]),
    );
    assert.match(read ?? "", /map answers 9,000 reads/);
    assert.equal(
      created,
      "Under create (POST of new users), of what survives a power cut, sqlite answers 2,000 requests a second (1,600 to " +
        "2,400); of what survives kill -9 of the service, map answers 20,000 requests a second (16,000 to 24,000).",
    );
  });

  test("says where the load generator was the limit", () => {
    const answer = answerOf({ map: at(48_000, { verdict: "client-limited" }), linear: at(150) });
    assert.match(answer.at(-1) ?? "", /The load generator was the limit of map, at least at times/);
  });

  test("says so where there is none", () => {
    assert.deepEqual(writeAnswer([]), ["No trial was finished, so there is nothing to say."]);
    assert.match(
      answerOf({ map: { error: "the service ended" } })[0] ?? "",
      /no store answered without a fault/,
    );
  });
});

describe("the order of a comparison", () => {
  const orderOf = (approaches: Record<string, Trials>, blocks?: number) =>
    writeOrder(listSubjects([runOf(10_000, approaches, blocks)])[0] as never);

  test("joins neighbours that cannot be told apart", () => {
    assert.equal(
      orderOf({ baseline: at(52_000), map: noisyAt(51_000), sqlite: at(20_000), linear: at(100) }),
      "Most reads a second: baseline and map, which cannot be told apart; then sqlite; then linear",
    );
  });

  test("puts nobody after one that it cannot be told apart from", () => {
    // The noisy one cannot be told from either; the other two are steady.
    assert.equal(
      orderOf({ baseline: at(52_000), map: noisyAt(51_000), sqlite: at(50_000), linear: at(100) }),
      "Most reads a second: baseline, map and sqlite, not all of which can be told apart; then linear",
    );
  });

  test("is none of few blocks", () => {
    assert.equal(
      orderOf({ map: at(50_000), sqlite: at(20_000) }, 4),
      "Most reads a second in blocks too few to be sure: map and sqlite, in this order",
    );
  });
});

test("words are listed as they are spoken", () => {
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(joinWords), [
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});
