// Runs of the bench that go on until they are precise, or may not go on.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { MIN_BLOCKS } from "../../lab/measure/bootstrap.ts";
import { isPreciseEnough } from "../../lab/measure/precision-rule.ts";
import { readResults } from "../../lab/measure/results.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());

const SHORT = ["--size", "200", "--warmup", "30ms", "--duration", "100ms", "--connections", "4"];
const READS = ["--approaches", "baseline,binary", "--workloads", "read", "--data", folder.inFolder("data")];

/** Runs the bench, each time into results of its own, and returns what it said and left. */
async function runPrecise(name: string, args: readonly string[]) {
  const results = folder.inFolder(name);
  const outcome = await runCommand("bench.ts", [...SHORT, ...READS, ...args, "--results", results]);
  assert.equal(outcome.code, 0, outcome.stderr);
  const path = `${results}/${readdirSync(results).at(-1)}`;
  const { environment, measurements } = readResults(path);
  const report = readFileSync(`${path}/report.md`, "utf8");
  return { ...outcome, environment, measurements, report, blocks: measurements.at(-1)?.block ?? 0 };
}

describe("a run that is to be precise", () => {
  test("ends after the first five blocks or more that are precise enough, and says so", async (t) => {
    const { stdout, stderr, environment, measurements, report, blocks } = await runPrecise("reached", [
      "--precision",
      "100%",
      "--blocks",
      "12",
    ]);
    assert.equal(environment.precision, 1);
    assert.ok(blocks >= MIN_BLOCKS, `${blocks}`);
    assert.equal(measurements.length, blocks * 2);
    const isEnough = (count: number) =>
      isPreciseEnough(
        measurements.filter(({ block }) => block <= count),
        count,
        1,
      );
    const counts = Array.from({ length: blocks }, (_, index) => index + 1);
    // A machine that is too busy for even this makes all blocks; then there is nothing more to see here.
    const enough = counts.find(isEnough);
    assert.equal(blocks, enough ?? environment.blocks);
    if (enough === undefined) return t.skip("not run: the machine was too busy for intervals of 100 %");
    assert.match(stderr, new RegExp(`^precise enough after ${blocks} blocks$`, "m"));
    const sentence = `As precise as was asked for: after ${blocks} blocks no ratio of two approaches has an interval wider than 100 %.`;
    assert.ok(report.includes(sentence), report);
    assert.ok(stdout.includes(sentence), stdout);
  });

  test("ends after as many blocks as were allowed, and says that it is not", async () => {
    const { stdout, stderr, measurements, report, blocks } = await runPrecise("missed", [
      "--precision",
      "0.1%",
      "--blocks",
      "6",
    ]);
    assert.equal(blocks, 6);
    assert.equal(measurements.length, 12);
    assert.doesNotMatch(stderr, /precise enough/);
    const sentence =
      /^Not as precise as was asked for after 6 blocks, the most that were to be made\. Wider than 0\.1 %: read, (throughput|CPU\/request) of (baseline over binary|binary over baseline) \([\d.]+ %\)/m;
    assert.match(report, sentence);
    assert.match(stdout, sentence);
  });
});
