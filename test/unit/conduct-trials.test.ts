import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { builtin } from "../../lab/load/builtin.ts";
import type { LoadGenerator } from "../../lab/load/generator.ts";
import { conductTrials, type MakeTrial } from "../../lab/measure/conduct-trials.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { RunPlan } from "../../lab/measure/run.ts";
import { approaches } from "../../services/approaches/index.ts";
import { measurementWith } from "../helpers/measurements.ts";

const { baseline, map } = approaches;
const plan: RunPlan = {
  durability: "lesson",
  size: 100,
  dataSeed: 1,
  approaches: { baseline, map },
  workloads: ["read", "miss"],
  blocks: 2,
  load: "closed",
  seed: 1,
  connections: 50,
  warmupMs: 1,
  durationMs: 1,
  countsCalls: false,
  waitLimitMs: 1,
  command: "",
};
const generatorNamed = (name: string, workloads: readonly string[]): LoadGenerator => ({
  ...builtin,
  name,
  canMake: ({ workload, requestsPerSecond }) =>
    workloads.includes(workload) && (name === "k6" || requestsPerSecond === undefined),
});
const wrk = generatorNamed("wrk", ["read"]);
const k6 = generatorNamed("k6", ["read", "miss"]);
const BOTH_BUSY = { verdict: "mixed", serverCpuShare: 0.85, generatorCpuShare: 0.9 } as const;
const cheapestFirst = [wrk, builtin, k6];

/** Conducts a plan whose trials come out as told, and returns what was made, in order. */
async function conduct(own: Partial<RunPlan>, generator: LoadGenerator, outcome: Partial<Measurement>) {
  const made: string[] = [];
  const make: MakeTrial = async ({ approach, workload, block, rate, isAgain }, by) => {
    const how = `${rate ? ` open ${rate.name} ${rate.requestsPerSecond}` : ""}${isAgain ? " again" : ""}`;
    made.push(`${block} ${workload} ${approach}${how} by ${by.name}`);
    return measurementWith({ approach, workload, block, generator: by.name, ...outcome });
  };
  await conductTrials(
    { ...plan, ...own },
    { make, generator, generators: cheapestFirst, onPrecise: () => {} },
  );
  return made;
}

describe("a closed run", () => {
  test("makes every trial once when the services were the limit", async () => {
    const made = await conduct({}, k6, { verdict: "server-limited" });
    assert.equal(made.length, 2 * 3);
    assert.ok(made.every((trial) => trial.endsWith("by k6") && !trial.includes("again")));
  });

  test("makes a trial again at once with the cheapest generator that can, when its own was the limit", async () => {
    const made = await conduct({ approaches: { map }, blocks: 1 }, k6, { verdict: "client-limited" });
    assert.deepEqual(
      [made.indexOf("1 read map again by wrk"), made.indexOf("1 miss map again by builtin")],
      [made.indexOf("1 read map by k6") + 1, made.indexOf("1 miss map by k6") + 1],
    );
    assert.equal(made.length, 4);
  });

  test("makes a trial again at the block's end that the generator's ceiling shows to be the generator's", async () => {
    const made: string[] = [];
    const make: MakeTrial = async ({ approach, workload, block, isAgain }, by) => {
      made.push(`${block} ${workload} ${approach}${isAgain ? " again" : ""}`);
      const common = { approach, workload, block, generator: by.name };
      return approach === "baseline"
        ? measurementWith({ ...common, verdict: "client-limited", requestsPerSecond: 50_000 })
        : measurementWith({
            ...common,
            ...BOTH_BUSY,
            requestsPerSecond: workload === "read" ? 40_000 : 1_000,
          });
    };
    const conduct = { make, generator: k6, generators: cheapestFirst, onPrecise: () => {} };
    await conductTrials({ ...plan, blocks: 1 }, conduct);
    assert.ok(made.includes("1 read map again"));
    assert.ok(!made.includes("1 miss map again"));
    assert.equal(made.length, 3 + 2);
  });

  test("makes trials of earlier blocks again, when only a later block shows the ceiling", async () => {
    const made: string[] = [];
    const make: MakeTrial = async ({ approach, workload, block, isAgain }, by) => {
      made.push(`${block} ${approach}${isAgain ? " again" : ""}`);
      const common = { approach, workload, block, generator: by.name };
      if (approach === "map") return measurementWith({ ...common, ...BOTH_BUSY, requestsPerSecond: 40_000 });
      const wasLimit = block === 3 ? ({ verdict: "client-limited" } as const) : {};
      return measurementWith({ ...common, ...wasLimit, requestsPerSecond: 50_000 });
    };
    const conduct = { make, generator: k6, generators: cheapestFirst, onPrecise: () => {} };
    await conductTrials({ ...plan, workloads: ["read"], blocks: 3 }, conduct);
    assert.deepEqual(made.slice(-3).sort(), ["1 map again", "2 map again", "3 map again"]);
    assert.equal(made.length, 3 * 2 + 1 + 3);
  });

  test("does not when there is none cheaper", async () => {
    const made = await conduct({ workloads: ["read"] }, wrk, { verdict: "client-limited" });
    assert.equal(made.length, 4);
  });
});

describe("a run that is to be precise", () => {
  /** Makes blocks that agree from one on, and returns how many were made and what was said of it. */
  async function conductUntil(precise: number, blocks: number) {
    const made = new Set<number>();
    const said: number[] = [];
    const make: MakeTrial = async ({ approach, workload, block }) => {
      made.add(block);
      const noise = block < precise && block % 2 === 0 && approach === "map" ? 2 : 1;
      return measurementWith({ approach, workload, block, requestsPerSecond: 1_000 * noise });
    };
    await conductTrials(
      { ...plan, workloads: ["read"], blocks, precision: 0.05 },
      { make, generator: builtin, generators: [builtin], onPrecise: (count) => said.push(count) },
    );
    return { blocks: made.size, said };
  }

  test("makes five blocks, and ends when they are precise enough", async () => {
    assert.deepEqual(await conductUntil(1, 40), { blocks: 5, said: [5] });
  });

  test("goes on while they are not, and ends with the block that makes them so", async () => {
    const { blocks, said } = await conductUntil(6, 40);
    assert.ok(blocks > 5 && blocks < 40, `${blocks}`);
    assert.deepEqual(said, [blocks]);
  });

  test("says so of the last block that it may make too", async () => {
    assert.deepEqual(await conductUntil(1, 5), { blocks: 5, said: [5] });
  });

  test("ends with the most that it may make, and says nothing when they are not", async () => {
    assert.deepEqual(await conductUntil(100, 8), { blocks: 8, said: [] });
  });
});

describe("an open run", () => {
  test("learns what each approach can do by the builtin generator, and asks at rates made of that", async () => {
    const own = { load: "open", workloads: ["read"], approaches: { map } } as const;
    const made = await conduct(own, k6, { requestsPerSecond: 4_000 });
    assert.deepEqual(made.slice(0, 2), ["1 read map by builtin", "2 read map by builtin"]);
    assert.deepEqual(made.slice(2, 6).sort(), [
      "3 read map open 25% 1000 by k6",
      "3 read map open 50% 2000 by k6",
      "3 read map open 75% 3000 by k6",
      "3 read map open common 2000 by k6",
    ]);
    assert.equal(made.length, 2 + 2 * 4);
  });

  test("makes a trial again with the builtin generator where k6 dropped requests", async () => {
    const own: Partial<RunPlan> = {
      load: "open",
      workloads: ["read"],
      approaches: { map: approaches.map },
      blocks: 1,
    };
    const made = await conduct(own, k6, { droppedIterations: 3, error: "dropped", requestsPerSecond: 4_000 });
    assert.deepEqual(made, ["1 read map by builtin"]);
    const dropping = await conduct(own, k6, { droppedIterations: 3, requestsPerSecond: 4_000 });
    assert.equal(dropping.length, 1 + 4 * 2);
    const again = dropping.indexOf("2 read map open 75% 3000 again by builtin");
    assert.equal(dropping[again - 1], "2 read map open 75% 3000 by k6");
  });

  test("leaves rates that its generator cannot make to the builtin one", async () => {
    const slow: LoadGenerator = { ...k6, canMake: ({ requestsPerSecond = 0 }) => requestsPerSecond <= 2_000 };
    const own = { load: "open", workloads: ["read"], approaches: { map }, blocks: 1 } as const;
    const made = await conduct(own, slow, { requestsPerSecond: 4_000, droppedIterations: 1 });
    assert.ok(made.includes("2 read map open 50% 2000 by k6"));
    assert.ok(made.includes("2 read map open 50% 2000 again by builtin"));
    assert.ok(made.includes("2 read map open 75% 3000 by builtin"));
    assert.ok(!made.some((trial) => trial.includes("75% 3000 again")), "there is no other");
  });

  test("leaves out an approach that failed, and takes the rate that somebody chose", async () => {
    const own = { load: "open", workloads: ["read"], rateRequestsPerSecond: 7 } as const;
    assert.equal((await conduct(own, k6, { error: "it ended" })).length, 4);
    const made = await conduct(own, k6, {});
    assert.equal(made.filter((trial) => trial.includes("open common 7 ")).length, 4);
  });
});
