// Every claim of the lessons, judged by evidence that is made up for each verdict.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClaimVerdict } from "../../lab/lesson/claim.ts";
import { claimRules, judgeClaim } from "../../lab/lesson/claims.ts";
import type { Evidence } from "../../lab/lesson/evidence.ts";
import type { ExperimentResults } from "../../lab/lesson/experiments.ts";
import type { ClaimRule } from "../../lab/lesson/finding.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { evidenceOf, roundsOf, runOf, type Trials } from "../helpers/lesson-evidence.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;

const judge = (id: string, evidence: Evidence) =>
  judgeClaim(claimRules.find((rule) => rule.id === id) as ClaimRule, evidence);

type Results = Partial<ExperimentResults>;
const found = (experiments: Results, moods: Evidence["moods"] = {}) => evidenceOf([], { experiments, moods });
const at = (size: number, approaches: Readonly<Record<string, Trials>>) =>
  evidenceOf([runOf(size, approaches)]);

const rps = (requestsPerSecond: number): Partial<Measurement> => ({ requestsPerSecond });
const p50 = (ms: number): Partial<Measurement> => ({
  latencyMs: { mean: ms, p50: ms, p90: ms, p99: ms, p999: ms, max: ms },
});
/** An approach at 10k and at 1M. */
const grows = (approach: string, small: Trials, large: Trials) =>
  evidenceOf([runOf(SMALL, { [approach]: small }), runOf(LARGE, { [approach]: large })]);

const lone = (approach: string, small: number, ...large: number[]): Results => ({
  "lone-request": {
    sizes: [SMALL, LARGE],
    rounds: roundsOf(
      ...large.map((ms) => ({ [`${approach} ${SMALL}`]: small, [`${approach} ${LARGE}`]: ms })),
    ),
  },
});
const scan = (...rounds: { read: number; lines: number; parse: number }[]): Results => ({
  "scan-parts": { size: LARGE, rounds: roundsOf(...rounds), cold: null },
});
const cold = (...ratios: number[]): Results => ({
  "scan-parts": {
    size: LARGE,
    rounds: roundsOf({ read: 1, lines: 4, parse: 10 }),
    cold: roundsOf(...ratios.map((ratio) => ({ warm: 10, cold: 10 * ratio }))),
  },
});
const reads = (maxReads: number, ...meanReads: number[]): Results => ({
  "index-reads": { sizes: [{ size: SMALL, meanReads: roundsOf(...meanReads), maxReads, opensPerLookup: 2 }] },
});
const pages = (residentPages: number[] | null): Results => ({
  "hot-pages": { size: LARGE, lookups: 70_000, pages: 14_000, residentPages },
});
const descriptors = (...rounds: { opened: number; held: number; sqlite: number }[]): Results => ({
  "held-descriptors": { size: LARGE, rounds: roundsOf(...rounds) },
});
const prepared = (...eachTime: number[]): Results => ({
  "prepared-statement": {
    size: LARGE,
    rounds: roundsOf(...eachTime.map((ms) => ({ once: 0.01, "each time": ms }))),
  },
});
const keyless = (...large: number[]): Results => ({
  "missing-key": {
    sizes: [SMALL, LARGE],
    without: roundsOf(...large.map((ms) => ({ [SMALL]: 1, [LARGE]: ms }))),
    with: roundsOf({ [SMALL]: 0.01, [LARGE]: 0.01 }),
    plans: { without: "SCAN users", with: "SEARCH users USING INDEX" },
  },
});
const trip = (...trips: number[]): Results => ({
  "round-trip": { size: LARGE, rounds: roundsOf(...trips.map((ms) => ({ trip: ms, lookup: 0.2 }))) },
});
const load = (fields: { ms?: number[]; bytes?: number[]; characters?: number; size?: number }): Results => {
  const { ms = [500], bytes = [300e6], characters = 138e6, size = LARGE } = fields;
  const round = (index: number) => {
    const lesson = {
      milliseconds: ms[index % ms.length] as number,
      bytes: bytes[index % bytes.length] as number,
    };
    return { [`lesson ${size}`]: lesson, [`ours ${size}`]: { milliseconds: 400, bytes: 250e6 } };
  };
  return { loading: { sizes: [size], rounds: [0, 1, 2, 3, 4].map(round), characters } };
};
const imports = (fields: { lesson?: number[]; row?: number[]; size?: number }): Results => {
  const { lesson = [0.008], row = [0.4], size = LARGE } = fields;
  const round = (index: number) => ({
    lesson: lesson[index % lesson.length] as number,
    ours: 0.003,
    "row by row": row[index % row.length] as number,
  });
  return { importing: { size, sampleRows: 700, rounds: [0, 1, 2, 3, 4].map(round) } };
};

/** Evidence for each verdict, by claim. */
const cases: Readonly<Record<string, Readonly<Partial<Record<ClaimVerdict, Evidence>>>>> = {
  "1": {
    holds: found(lone("linear", 10, 1_000)),
    "does not hold": found(lone("linear", 10, 100)),
    "cannot tell here": found(lone("linear", 10, 1_000, 100)),
  },
  "2a": {
    holds: found(scan({ read: 1, lines: 4, parse: 10 })),
    "does not hold": found(scan({ read: 9, lines: 9.5, parse: 10 })),
    "cannot tell here": found(scan({ read: 1, lines: 4, parse: 10 }, { read: 9, lines: 9.5, parse: 10 })),
  },
  "2b": {
    holds: found(cold(1.2)),
    "does not hold": found(cold(3)),
    "cannot tell here": found(cold(1.2, 3)),
  },
  "3a": {
    holds: found(lone("linear", 10, 900)),
    "does not hold": found(lone("linear", 10, 4_000)),
    "cannot tell here": found(lone("linear", 10, 900, 4_000)),
  },
  "3b": {
    holds: found(lone("map", 0.1, 0.1)),
    "does not hold": found(lone("map", 0.1, 2)),
    "cannot tell here": found(lone("map", 0.1, 0.1, 2)),
  },
  "4a": {
    holds: grows("map", rps(60_000), rps(58_000)),
    "does not hold": grows("map", rps(60_000), rps(30_000)),
    "cannot tell here": grows("map", rps(60_000), [rps(58_000), rps(30_000)]),
  },
  "4b": {
    holds: at(LARGE, { map: p50(0.7) }),
    "does not hold": grows("map", p50(0.7), p50(1.4)),
    "cannot tell here": at(LARGE, { map: [p50(0.7), p50(1.4)] }),
  },
  "4c": {
    holds: at(LARGE, { map: { serverCpuShare: 0.97 } }),
    "does not hold": at(LARGE, { map: { serverCpuShare: 0.5 } }),
    "cannot tell here": at(LARGE, { map: [{ serverCpuShare: 0.97 }, { serverCpuShare: 0.5 }] }),
  },
  "5": {
    holds: at(LARGE, { map: rps(72_000), linear: rps(5) }),
    "does not hold": at(LARGE, { map: rps(72_000), linear: rps(50) }),
    "cannot tell here": at(LARGE, { map: rps(72_000), linear: [rps(5), rps(50)] }),
  },
  "6a": {
    holds: grows("binary", rps(26_000), rps(25_000)),
    "does not hold": grows("binary", rps(26_000), rps(13_000)),
    "cannot tell here": grows("binary", rps(26_000), [rps(25_000), rps(13_000)]),
  },
  "6b": {
    holds: found(reads(14, 12.36, 12.4)),
    "does not hold": found(reads(14, 13.4)),
    "cannot tell here": found(reads(14, 12.4, 13.4)),
  },
  "6c": {
    holds: at(LARGE, { baseline: { startupMs: 300 }, binary: { startupMs: 310 } }),
    "does not hold": at(LARGE, { baseline: { startupMs: 300 }, binary: { startupMs: 3_000 } }),
    "cannot tell here": at(LARGE, {
      baseline: { startupMs: 300 },
      binary: [{ startupMs: 310 }, { startupMs: 3_000 }],
    }),
  },
  "6d": {
    holds: found(pages([140, 150, 145, 150, 145])),
    "does not hold": found(pages([14_000, 13_990, 14_000, 13_980, 14_000])),
    "cannot tell here": found(pages([140, 14_000, 150, 14_000, 140])),
  },
  "7a": {
    holds: found(descriptors({ opened: 40, held: 20, sqlite: 10 })),
    "does not hold": found(descriptors({ opened: 40, held: 35, sqlite: 10 })),
    "cannot tell here": found(
      descriptors({ opened: 40, held: 20, sqlite: 10 }, { opened: 40, held: 35, sqlite: 10 }),
    ),
  },
  "7b": {
    holds: found(descriptors({ opened: 40, held: 12, sqlite: 10 })),
    "does not hold": found(descriptors({ opened: 40, held: 30, sqlite: 10 })),
    "cannot tell here": found(
      descriptors({ opened: 40, held: 12, sqlite: 10 }, { opened: 40, held: 30, sqlite: 10 }),
    ),
  },
  "8a": {
    holds: grows("sqlite", rps(52_000), rps(50_000)),
    "does not hold": grows("sqlite", rps(52_000), rps(20_000)),
    "cannot tell here": grows("sqlite", rps(52_000), [rps(50_000), rps(20_000)]),
  },
  "8b": {
    holds: at(LARGE, { sqlite: rps(50_000), binary: rps(26_000) }),
    "does not hold": at(LARGE, { sqlite: rps(50_000), binary: rps(45_000) }),
    "cannot tell here": at(LARGE, { sqlite: rps(50_000), binary: [rps(26_000), rps(45_000)] }),
  },
  "9": {
    holds: at(LARGE, { map: rps(70_000), sqlite: rps(50_000) }),
    "does not hold": at(LARGE, { map: rps(70_000), sqlite: rps(20_000) }),
    "cannot tell here": at(LARGE, { map: rps(70_000), sqlite: [rps(50_000), rps(20_000)] }),
  },
  "10a": {
    holds: found(prepared(0.02)),
    "does not hold": found(prepared(0.005)),
    "cannot tell here": found(prepared(0.02, 0.005)),
  },
  "10b": {
    holds: found(keyless(100)),
    "does not hold": found(keyless(1)),
    "cannot tell here": found(keyless(100, 1)),
  },
  "11": {
    holds: found(trip(0.15)),
    "does not hold": found(trip(0.02)),
    "cannot tell here": found(trip(0.15, 0.02)),
  },
  "12a": {
    holds: found(load({ ms: [400, 600] })),
    "does not hold": found(load({ ms: [4_000] })),
    "cannot tell here": found(load({ ms: [400, 4_000] })),
  },
  "12b": {
    holds: found(load({ bytes: [300e6] })),
    "does not hold": found(load({ bytes: [3e9] })),
    "cannot tell here": found(load({ bytes: [300e6, 3e9] })),
  },
  "12c": { "does not hold": found(load({})), "not measured": found(load({ characters: 30e6 })) },
  "14": {
    holds: found(imports({})),
    "does not hold": found(imports({ lesson: [0.2] })),
    "cannot tell here": found(imports({ lesson: [0.008, 0.2] })),
  },
  "15a": {
    holds: found(imports({ row: [0.4] })),
    "does not hold": found(imports({ row: [0.01] })),
    "cannot tell here": found(imports({ row: [0.4, 0.01] })),
  },
  "15b": {
    holds: found(imports({ row: [8] })),
    "does not hold": found(imports({ row: [0.4] })),
    "cannot tell here": found(imports({ row: [8, 0.4] })),
  },
};

/** "40.0 ms", with neither "(" after it nor the end of an interval. */
const TIME_WITHOUT_INTERVAL = /[\d.]+ (µs|ms|s)\b(?! \(| –|\)| or (more|less)\))/;

/** What no lesson measures. */
const OTHERS = ["13", "21a", "21b"];
/** What the experiment with several writers judges: test/unit/writers-claims.test.ts. */
const WRITERS = claimRules.map(({ id }) => id).filter((id) => /^(1[6-9]|20|22)/.test(id));

test("every claim is judged by evidence here, or by other experiments", () => {
  assert.deepEqual(
    claimRules.map(({ id }) => id).sort(),
    [...Object.keys(cases), ...OTHERS, ...WRITERS].sort(),
  );
});

for (const [id, byVerdict] of Object.entries(cases)) {
  describe(`claim ${id}`, () => {
    for (const [verdict, evidence] of Object.entries(byVerdict)) {
      test(`${verdict}, and says by what`, () => {
        const claim = judge(id, evidence);
        assert.equal(claim.verdict, verdict, JSON.stringify(claim));
        assert.ok(/\.$/.test(claim.why) && !/\. /.test(claim.why), `one sentence: ${claim.why}`);
        assert.doesNotMatch(claim.measured, TIME_WITHOUT_INTERVAL);
        if (verdict === "not measured") assert.equal(claim.measured, "");
        else assert.match(claim.measured, /\d/);
      });
    }
    test("is not measured where there is no evidence", () => {
      const { verdict, measured, why } = judge(id, evidenceOf([]));
      assert.deepEqual([verdict, measured], ["not measured", ""]);
      assert.match(why, /\w.*\.$/);
    });
  });
}

for (const id of OTHERS) {
  test(`claim ${id} is not measured, and says by whom it is`, () => {
    const { verdict, measured, why } = judge(id, evidenceOf([]));
    assert.deepEqual([verdict, measured], ["not measured", ""]);
    assert.match(why, /^(An|The) experiment with .* has to say\.$/);
  });
}

describe("a claim about sizes", () => {
  test("is not measured at others", () => {
    const narrow = evidenceOf([runOf(SMALL, { map: rps(60_000) }), runOf(100_000, { map: rps(60_000) })]);
    const claim = judge("4a", narrow);
    assert.equal(claim.verdict, "not measured");
    assert.equal(claim.why, "It is about 1M users, and the sizes here were 10k and 100k.");
    assert.equal(judge("12a", found(load({ size: SMALL }))).verdict, "not measured");
    assert.equal(judge("14", found(imports({ size: SMALL }))).verdict, "not measured");
    const loneSmall = { "lone-request": { sizes: [SMALL], rounds: roundsOf({ [`map ${SMALL}`]: 0.1 }) } };
    assert.equal(judge("3b", found(loneSmall)).verdict, "not measured");
  });

  test("needs every approach that it speaks of", () => {
    const claim = judge("9", at(LARGE, { map: rps(70_000) }));
    assert.deepEqual(
      [claim.verdict, claim.why],
      ["not measured", "There is no good trial of sqlite at each of the sizes."],
    );
  });

  test("does not count trials that failed", () => {
    const failed = { ...rps(50_000), error: "the service ended" };
    assert.equal(judge("9", at(LARGE, { map: rps(70_000), sqlite: failed })).verdict, "not measured");
  });

  test("about growth needs sizes that are far apart", () => {
    const near = {
      "lone-request": {
        sizes: [1_000, 2_000],
        rounds: roundsOf({ "linear 1000": 1, "linear 2000": 2 }),
      },
    };
    assert.match(judge("1", found(near)).why, /at least 10 times apart/);
  });
});

describe("what else was the limit", () => {
  const clientLimited = { verdict: "client-limited" as const };

  test("a service that the generator held up may do more: a ratio is then a bound", () => {
    const held = (requests: number) =>
      judge("5", at(LARGE, { map: { ...rps(requests), ...clientLimited }, linear: rps(5) }));
    assert.equal(held(72_000).verdict, "cannot tell here");
    assert.match(held(72_000).why, /only a bound, because the load generator was the limit of map/);
    assert.match(held(72_000).measured, /or more/);
    assert.equal(held(1_000_000).verdict, "does not hold");
    const beneath = { map: rps(72_000), linear: { ...rps(5), ...clientLimited } };
    assert.equal(judge("5", at(LARGE, beneath)).verdict, "cannot tell here");
  });

  test("of any of the trials makes a ratio a bound, and is counted", () => {
    const one = [{ ...rps(60_000), ...clientLimited }, rps(60_000), rps(60_000), rps(60_000), rps(60_000)];
    const claim = judge("4a", grows("map", rps(60_000), one));
    assert.equal(claim.verdict, "cannot tell here");
    assert.match(claim.why, /the load generator was the limit of map in 1 of 5 trials at 1M/);
    assert.equal(judge("4a", grows("map", rps(60_000), rps(60_000))).verdict, "holds");
  });

  test("does not matter where the service was busy all the same", () => {
    const share = (serverCpuShare: number, others: Partial<Measurement> = {}) => ({
      serverCpuShare,
      ...others,
    });
    const busy = judge("4c", at(LARGE, { map: share(0.97, { ...clientLimited, cpuPressureShare: 0.8 }) }));
    assert.equal(busy.verdict, "holds");
    assert.match(busy.measured, /97 % \(97 % – 97 %\)/);
    const mostly = [share(0.97, clientLimited), share(0.98), share(0.99), share(0.97)];
    const starved = judge("4c", at(LARGE, { map: [...mostly, share(0.61, { cpuPressureShare: 0.55 })] }));
    assert.equal(starved.verdict, "cannot tell here");
    assert.match(starved.why, /only a bound, because other programs kept the cores busy in 1 of 5 trials/);
    assert.equal(judge("4c", at(LARGE, { map: share(0.4) })).verdict, "does not hold");
  });

  test("where others keep the cores busy, a latency may be less and a service busier", () => {
    const crowded = { cpuPressureShare: 0.8 };
    const slow = judge("4b", at(LARGE, { map: { ...p50(3), ...crowded } }));
    assert.equal(slow.verdict, "cannot tell here");
    assert.match(slow.why, /other programs kept the cores busy/);
    assert.equal(judge("4b", at(LARGE, { map: { ...p50(0.3), ...crowded } })).verdict, "holds");
    assert.equal(
      judge("4c", at(LARGE, { map: { serverCpuShare: 0.4, ...crowded } })).verdict,
      "cannot tell here",
    );
  });

  test("the time of an experiment may be less as well, not its ratios", () => {
    const mood = { canaryMs: 20, fsyncMs: 1, cpuPressureShare: 0.8 };
    const slow = found(imports({ lesson: [0.2], row: [8] }), { importing: mood });
    assert.equal(judge("14", slow).verdict, "cannot tell here");
    assert.equal(judge("15b", slow).verdict, "does not hold");
    assert.equal(judge("12a", found(load({ ms: [4_000] }), { loading: mood })).verdict, "cannot tell here");
    assert.equal(
      judge("3b", found(lone("map", 0.1, 2), { "lone-request": mood })).verdict,
      "cannot tell here",
    );
  });
});

test("one block tells nothing", () => {
  const { environment, measurements } = runOf(LARGE, { map: rps(70_000), sqlite: rps(50_000) });
  const first = { environment, counts: null, measurements: measurements.filter(({ block }) => block === 1) };
  const claim = judge("9", evidenceOf([first]));
  assert.deepEqual(
    [claim.verdict, claim.why],
    ["cannot tell here", "Fewer than 5 blocks say too little about chance."],
  );
});

describe("trials on a noisy machine", () => {
  const quiet = { ...rps(20_000), canaryMs: 10 };
  const noisy = { ...rps(50_000), canaryMs: 40 };
  const judgeTwenty = (quietTrials: number) => {
    const sqlite = Array.from({ length: 20 }, (_, index) => (index < quietTrials ? quiet : noisy));
    return judge("9", evidenceOf([runOf(LARGE, { map: { ...rps(70_000), canaryMs: 10 }, sqlite }, 20)]));
  };

  test("make no verdict that the others contradict", () => {
    const claim = judgeTwenty(5);
    assert.equal(claim.verdict, "cannot tell here");
    assert.match(
      claim.why,
      /^It holds with the trials that met a noisy machine, and without them it does not hold\.$/,
    );
  });

  test("count where the others are too few to say anything", () => {
    assert.equal(judgeTwenty(0).verdict, "holds");
    assert.equal(judgeTwenty(1).verdict, "holds");
  });
});

test("a cold scan that nobody can make is no verdict", () => {
  assert.equal(judge("2b", found(scan({ read: 1, lines: 4, parse: 10 }))).verdict, "cannot tell here");
  const { measured, why } = judge("6d", found(pages([14_000, 13_990, 14_000, 13_980, 14_000])));
  assert.match(measured, /; 1\.0 % of the pages get \d\d % of the reads \(computed\)$/);
  assert.match(why, /touch nearly every page, however unevenly/);
  assert.equal(judge("6d", found(pages(null))).verdict, "cannot tell here");
});

test("binary that does not trail SQLite leaves no gap to explain", () => {
  const claim = judge("7a", found(descriptors({ opened: 10, held: 5, sqlite: 10 })));
  assert.equal(claim.verdict, "cannot tell here");
  assert.match(claim.why, /no gap/);
});

test("more reads than halving can take are no halving, whatever the mean", () => {
  assert.equal(judge("6b", found(reads(15, 12.36))).verdict, "does not hold");
});
