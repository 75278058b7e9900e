// The checks of the measuring that need no machine, and what judges the others: each passes what is right, and fails what a
// mistaken procedure would say.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareWithinBlocks } from "../../lab/measure/difference.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { Check, Lab } from "../../lab/selftest/check.ts";
import { type Listed, listChecks } from "../../lab/selftest/checks.ts";
import type { Experiment } from "../../lab/selftest/experiments.ts";
import { judgeLeftOut } from "../../lab/selftest/left-out.ts";
import { averagePercentiles, checkPercentileAverage } from "../../lab/selftest/percentile-average.ts";
import { type Outcome, runChecks } from "../../lab/selftest/run-checks.ts";
import { judgeSameApproach } from "../../lab/selftest/same-approach.ts";
import { judgeSensitivity } from "../../lab/selftest/sensitivity.ts";
import { checkSequentialTrials, planSequentially } from "../../lab/selftest/sequential-trials.ts";
import { startMachine } from "../../lab/selftest/simulated-machine.ts";
import { judgeSlowGenerator } from "../../lab/selftest/slow-generator.ts";
import { judgeStall } from "../../lab/selftest/stall.ts";
import { measurementWith } from "../helpers/measurements.ts";

const lab: Lab = { dataRoot: "", seed: 1, signal: new AbortController().signal, onProgress: () => {} };
const faulty = measurementWith({ error: "the service was restarted", verdict: "invalid" });
const sound = measurementWith();

describe("an average of percentiles", () => {
  test("is not what the report prints", async () => {
    const { passed, measured } = await checkPercentileAverage().run(lab);
    assert.ok(passed, measured);
  });

  test("would be caught", async () => {
    const { passed, measured } = await checkPercentileAverage(averagePercentiles).run(lab);
    assert.ok(!passed);
    assert.match(measured, /^505 and 505 ms/);
  });
});

describe("sequential trials", () => {
  test("are not what the bench plans", async () => {
    const { passed, measured } = await checkSequentialTrials("short").run(lab);
    assert.ok(passed, measured);
  });

  test("would be caught, by their order and by what they call different", async () => {
    const { passed, data } = await checkSequentialTrials("short", planSequentially).run(lab);
    assert.ok(!passed);
    assert.equal(data.ours.faults.length, 1);
    assert.ok(data.ours.different > data.experiments * 0.3, `${data.ours.different}`);
  });
});

describe("a simulated machine", () => {
  test("has moods that outlast a trial, and measures the right cost on the whole", () => {
    const measureNext = startMachine(2);
    const logs = Array.from({ length: 20_000 }, () => Math.log(measureNext(100) / 100));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const correlate = (lag: number) =>
      mean(logs.slice(lag).map((value, index) => value * (logs[index] as number))) /
      mean(logs.map((v) => v * v));
    assert.ok(Math.abs(mean(logs)) < 0.02, `${mean(logs)}`);
    assert.ok(correlate(1) > 0.8 && correlate(100) < 0.2, `${correlate(1)} ${correlate(100)}`);
  });
});

/** Twenty experiments of nine blocks on a simulated machine, where the second service takes so many times as much. */
function simulate(times: number): Experiment[] {
  return Array.from({ length: 20 }, (_, seed) => {
    const measureNext = startMachine(seed);
    const blocks = Array.from({ length: 9 }, (_, block) => [
      block,
      measureNext(100),
      measureNext(100 * times),
    ]);
    const byBlock = (column: 1 | 2) =>
      new Map(blocks.map((row) => [row[0] as number, row[column] as number]));
    const cpu = compareWithinBlocks(byBlock(2), byBlock(1));
    return { cpu, throughput: compareWithinBlocks(byBlock(1), byBlock(2)), trials: [] };
  });
}

describe("A/A", () => {
  test("passes services that are the same", () => {
    const { passed, measured } = judgeSameApproach("full", simulate(1));
    assert.ok(passed, measured);
  });

  test("fails when they are not", () => {
    assert.ok(!judgeSameApproach("full", simulate(1.1)).passed);
  });

  test("in short is judged by CPU time alone, which a neighbour changes little", () => {
    const [one] = simulate(1) as [Experiment];
    const estimate = (value: number) => ({ value, low: null, high: null });
    const unsure = (ratio: number) =>
      ({ ratio: estimate(ratio), finding: "no difference found" }) as Experiment["cpu"];
    const crowded = { ...one, cpu: unsure(1.1), throughput: unsure(4) };
    assert.ok(judgeSameApproach("short", [crowded]).passed);
    assert.ok(!judgeSameApproach("short", [{ ...crowded, cpu: unsure(3) }]).passed);
  });
});

describe("sensitivity", () => {
  test("passes when a tenth more is found as about a tenth", () => {
    const { passed, measured } = judgeSensitivity("full", simulate(1.1));
    assert.ok(passed, measured);
  });

  test("fails when nothing is found, or too much", () => {
    assert.ok(!judgeSensitivity("full", simulate(1)).passed);
    assert.ok(!judgeSensitivity("full", simulate(1.2)).passed);
  });
});

describe("trials that are to be left out", () => {
  const reasons = { restarted: /restarted/, killed: /^the service ended/ };

  test("are, beside one that is not", () => {
    const { passed, measured } = judgeLeftOut({ faulty: { restarted: faulty }, sound }, reasons);
    assert.ok(passed);
    assert.equal(
      measured,
      "restarted: left out (the service was restarted); sound: not left out, server-limited",
    );
  });

  test("fail the check when they are averaged", () => {
    assert.ok(!judgeLeftOut({ faulty: { restarted: faulty, killed: sound }, sound }, reasons).passed);
    assert.ok(!judgeLeftOut({ faulty: { restarted: faulty }, sound }, reasons, () => false).passed);
  });

  test("fail it as well when nothing is averaged", () => {
    assert.ok(!judgeLeftOut({ faulty: { restarted: faulty }, sound: faulty }, reasons).passed);
  });

  test("fail it when they are left out for something else, or nobody knows for what", () => {
    const killed = measurementWith({ error: "the load generator ended early", verdict: "invalid" });
    assert.ok(!judgeLeftOut({ faulty: { killed }, sound }, reasons).passed);
    assert.ok(!judgeLeftOut({ faulty: { killed }, sound }, {}).passed);
  });
});

describe("a stall", () => {
  const seenAs = (p99: number, fields: Partial<Measurement> = {}) => ({
    measurement: measurementWith({ ...fields, latencyMs: { ...sound.latencyMs, p99 } }),
    stalledMs: 1_000,
  });

  test("is to be seen by an open load, and to hide from one connection", () => {
    assert.ok(judgeStall("full", { open: seenAs(700), closed: seenAs(2) }).passed);
  });

  test("that an open load does not see fails the check, and one that is seen too much", () => {
    assert.ok(!judgeStall("full", { open: seenAs(2), closed: seenAs(2) }).passed);
    assert.ok(!judgeStall("full", { open: seenAs(990), closed: seenAs(2) }).passed);
  });

  test("that does not hide from one connection fails it, and so does a trial without an answer", () => {
    assert.ok(!judgeStall("full", { open: seenAs(700), closed: seenAs(500) }).passed);
    assert.ok(!judgeStall("full", { open: seenAs(700), closed: seenAs(0, { requests: 0 }) }).passed);
  });
});

describe("a generator that is short of CPU", () => {
  const alone = measurementWith({ requestsPerSecond: 20_000 });
  const crowded = (fields: Partial<Measurement>) => measurementWith({ requestsPerSecond: 3_000, ...fields });

  test("is not to be taken for the service", () => {
    assert.ok(judgeSlowGenerator({ alone, crowded: crowded({ verdict: "mixed" }) }).passed);
    assert.ok(!judgeSlowGenerator({ alone, crowded: crowded({ verdict: "server-limited" }) }).passed);
  });

  test("that was not short of it, or failed, shows nothing", () => {
    assert.ok(
      !judgeSlowGenerator({ alone, crowded: measurementWith({ ...alone, verdict: "mixed" }) }).passed,
    );
    assert.ok(!judgeSlowGenerator({ alone, crowded: crowded({ verdict: "invalid", error: "it" }) }).passed);
  });
});

describe("a selftest", () => {
  const checkWith = (name: string, run: Check["run"]): Check => ({
    name,
    expected: "yes",
    durationMs: 1,
    run,
  });
  const answer = (passed: boolean) => () => ({ passed, measured: passed ? "yes" : "no", data: null });

  async function runAll(checks: readonly Listed[], signal = lab.signal): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const onOutcome = (outcome: Outcome) => void outcomes.push(outcome);
    await runChecks(checks, { ...lab, signal }, { onCheck: () => {}, onOutcome });
    return outcomes;
  }

  test("says of each check whether it passed, failed or was not run", async () => {
    const broken = () => {
      throw new Error("no core left");
    };
    const outcomes = await runAll([
      checkWith("a", answer(true)),
      checkWith("b", answer(false)),
      { name: "c", lack: "k6 is not on the PATH" },
      checkWith("d", broken),
    ]);
    assert.deepEqual(
      outcomes.map(({ name, outcome, measured }) => `${name} ${outcome}: ${measured}`),
      [
        "a passed: yes",
        "b failed: no",
        "c not run: k6 is not on the PATH",
        "d failed: it broke: no core left",
      ],
    );
  });

  test("ends when it is stopped, and calls nothing failed for that", async () => {
    const stop = new AbortController();
    const stopping = async () => {
      stop.abort(new Error("stopped by SIGINT"));
      throw new Error("the service ended");
    };
    await assert.rejects(runAll([checkWith("a", stopping)], stop.signal), /stopped by SIGINT/);
  });

  test("lists the same checks everywhere, and says which generators are missing", () => {
    const names = listChecks("full", []).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const lacks = listChecks("full", []).flatMap((check) => ("lack" in check ? [check.name] : []));
    for (const name of ["wrong-bodies-k6", "wrong-bodies-wrk", "stall-k6", "stall-builtin"])
      assert.ok(lacks.includes(name), name);
  });
});
