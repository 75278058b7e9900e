// A whole lesson at tiny sizes: real services, a real PostgreSQL, every experiment. Stopped, continued, asked again.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Claim } from "../../lab/lesson/claim.ts";
import { expectReads } from "../../lab/lesson/claims/index-reads.ts";
import { claimRules } from "../../lab/lesson/claims.ts";
import type { Evidence } from "../../lab/lesson/evidence.ts";
import { type ExperimentName, type ExperimentResults, experiments } from "../../lab/lesson/experiments.ts";
import { readEvidence, readExperiments, readRecord } from "../../lab/lesson/lesson-folder.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { findProcessesOf } from "../helpers/processes.ts";

const SIZES = [300, 3_000];
/** Two blocks that become one run: lesson-folder.test.ts. */
const BLOCKS = 1;
const folder = createFolder();
after(() => folder[Symbol.dispose]());

const DATA = folder.inFolder("data");
const TINY = [
  "--counts",
  "no",
  "--blocks",
  `${BLOCKS}`,
  "--duration",
  "50ms",
  "--warmup",
  "20ms",
  "--data",
  DATA,
];
const ARGS = [...TINY, "--sizes", SIZES.join(","), "--results", folder.inFolder("all")];

const onlyLesson = (results: string) => {
  const [name, ...others] = readdirSync(folder.inFolder(results));
  assert.deepEqual(others, []);
  return join(folder.inFolder(results), name ?? "");
};

describe("a lesson", () => {
  test("stops on Ctrl-C and keeps its whole blocks", async () => {
    const lesson = startCommand("lesson.ts", ARGS);
    await lesson.said("[2/12] block 1");
    lesson.child.kill("SIGINT");
    const { code, stdout, stderr } = await lesson.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /12 steps; about .*, as processes/);
    assert.match(
      stderr,
      /^error: stopped; whole blocks and experiments are kept in .*, and make lesson goes on from there$/m,
    );
    assert.equal(stdout, "");
    const path = onlyLesson("all");
    const { runs, endedAt } = readRecord(path);
    assert.equal(endedAt, null);
    assert.deepEqual(runs.map(({ blocks }) => blocks).sort(), [0, 1]);
    assert.ok(!existsSync(join(path, "unfinished")));
    assert.deepEqual(await findProcessesOf(DATA), []);
  });

  test("goes on where it was, to the end", async () => {
    const { code, stdout, stderr } = await runCommand("lesson.ts", ARGS);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /goes on with .*: 1 of 12 steps are there/);
    assert.doesNotMatch(stderr, /\[1\/12\]/);
    assert.match(stderr, /\[12\/12\] importing: .* left/);
    for (const title of ["theirs and ours", "Growth", "Starting, loading, memory", "Claims"])
      assert.match(stdout, new RegExp(`^## .*${title}`, "m"));
    const path = onlyLesson("all");
    assert.ok(readRecord(path).endedAt);
    for (const { environment, measurements } of readEvidence(path).runs) {
      assert.equal(measurements.length, BLOCKS * 6);
      assert.deepEqual(
        measurements.map(({ trial }) => trial),
        measurements.map((_, index) => index + 1),
      );
      assert.deepEqual([...new Set(measurements.map(({ block }) => block))].sort(), [1]);
      for (const { error, approach } of measurements) assert.equal(error, undefined, approach);
      assert.ok(existsSync(join(path, environment.run, "report.md")));
      assert.equal(readdirSync(join(path, environment.run, "raw")).length, measurements.length);
    }
    assert.deepEqual(await findProcessesOf(DATA), []);
  });

  test("judges every claim", () => {
    const path = onlyLesson("all");
    const claims = JSON.parse(readFileSync(join(path, "claims.json"), "utf8")) as Claim[];
    assert.deepEqual(
      claims.map(({ id }) => id),
      claimRules.map(({ id }) => id),
    );
    const page = readFileSync(join(path, "lesson.md"), "utf8");
    for (const { id, claim, verdict, measured, why } of claims) {
      assert.match(verdict, /^(holds|does not hold|cannot tell here|not measured)$/, id);
      assert.equal(measured === "", verdict === "not measured" || /fincore/.test(why), id);
      assert.ok(page.includes(`| ${claim} `) && page.includes(why), id);
    }
    const html = readFileSync(join(path, "report.html"), "utf8");
    for (const { id, verdict } of claims) assert.ok(html.includes(verdict), id);
    const verdictOf = (id: string) => claims.find((claim) => claim.id === id)?.verdict;
    assert.equal(verdictOf("6b"), "holds");
    assert.equal(verdictOf("12c"), "does not hold");
    assert.equal(verdictOf("5"), "not measured");
  });

  test("says that it is finished when it is asked for again, and measures nothing", async () => {
    const before = JSON.stringify(readEvidence(onlyLesson("all")));
    const { code, stdout, stderr } = await runCommand("lesson.ts", ARGS);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^this lesson is finished: .* \(FRESH=1 begins a new one\)\n$/);
    assert.match(stdout, /^## Claims/m);
    assert.equal(JSON.stringify(readEvidence(onlyLesson("all"))), before);
    const listed = await runCommand("lesson.ts", [...ARGS, "--list"]);
    assert.deepEqual([listed.stdout, listed.stderr], ["", "0 of 12 steps, about 0 s\n"]);
  });

  test("has runs like any other: make report makes their reports", async () => {
    const path = onlyLesson("all");
    const run = join(path, readRecord(path).runs[0]?.run ?? "");
    const { code, stdout } = await runCommand("report.ts", ["--run", run]);
    assert.equal(code, 0);
    assert.match(stdout, /^\| linear /m);
  });
});

describe("the experiment", () => {
  const results = () => readEvidence(onlyLesson("all")).experiments;
  const of = <Name extends ExperimentName>(name: Name) => results()[name] as ExperimentResults[Name];
  const everyPositive = (rounds: readonly Readonly<Record<string, number>>[], ways: readonly string[]) => {
    assert.equal(rounds.length, BLOCKS);
    for (const round of rounds) {
      assert.deepEqual(Object.keys(round).sort(), [...ways].sort());
      assert.ok(
        Object.values(round).every((figure) => figure > 0),
        JSON.stringify(round),
      );
    }
  };
  const named = (way: string) => SIZES.map((size) => `${way} ${size}`);

  test("every one was made once, and the machine watched meanwhile", () => {
    const records = readExperiments(onlyLesson("all"));
    assert.deepEqual(
      records.map(({ experiment }) => experiment),
      Object.keys(experiments),
    );
    for (const { experiment, error, mood } of records) {
      assert.equal(error, undefined, experiment);
      assert.ok((mood?.canaryMs ?? 0) > 0, experiment);
    }
  });

  test("lone-request asks both approaches at every size", () => {
    const { rounds, sizes } = of("lone-request");
    assert.deepEqual(sizes, SIZES);
    everyPositive(rounds, [...named("linear"), ...named("map")]);
  });

  test("scan-parts times the parts of a scan, and a cold one where files can leave memory", () => {
    const { rounds, cold, size } = of("scan-parts");
    assert.equal(size, 3_000);
    everyPositive(rounds, ["read", "lines", "parse"]);
    if (cold !== null) everyPositive(cold, ["warm", "cold"]);
  });

  test("index-reads counts what halving takes", () => {
    for (const { size, meanReads, maxReads, opensPerLookup } of of("index-reads").sizes) {
      const expected = expectReads(size);
      const mean = meanReads.reduce((sum, one) => sum + one, 0) / meanReads.length;
      assert.ok(Math.abs(mean - expected.mean) < 0.1, `${mean} of ${expected.mean}`);
      assert.equal(maxReads, expected.max);
      assert.equal(opensPerLookup, 2);
    }
  });

  test("hot-pages counts pages of the index", () => {
    const { pages, residentPages, lookups } = of("hot-pages");
    if (residentPages === null) return;
    assert.equal(pages, Math.ceil((3_000 * 58) / 4_096));
    assert.equal(lookups, pages * 5);
    for (const resident of residentPages) assert.ok(resident > 0 && resident <= pages, `${resident}`);
  });

  test("held-descriptors, prepared-statement, missing-key and round-trip time every way", () => {
    everyPositive(of("held-descriptors").rounds, ["opened", "held", "sqlite"]);
    everyPositive(of("prepared-statement").rounds, ["once", "each time"]);
    everyPositive(of("missing-key").without, SIZES.map(String));
    everyPositive(of("missing-key").with, SIZES.map(String));
    assert.match(of("missing-key").plans.without, /^SCAN users$/);
    assert.match(of("missing-key").plans.with, /^SEARCH users USING INDEX/);
    everyPositive(of("round-trip").rounds, ["trip", "lookup"]);
  });

  test("loading and importing do both, the lesson's way and ours", () => {
    const { rounds, characters } = of("loading");
    assert.deepEqual(Object.keys(rounds[0] ?? {}).sort(), [...named("lesson"), ...named("ours")].sort());
    const seeded = readFileSync(join(DATA, "3000", "map", "users.jsonl"), "utf8");
    assert.equal(characters, seeded.length);
    everyPositive(of("importing").rounds, ["lesson", "ours", "row by row"]);
  });

  test("nothing is left of what they made", () => {
    assert.ok(!existsSync(join(DATA, "lesson", "scratch")));
    for (const size of SIZES)
      assert.deepEqual(
        readdirSync(join(DATA, `${size}`)).filter((name) => /changed|unfinished/.test(name)),
        [],
      );
  });
});

test("what fails is said, recorded and made again the next time", async () => {
  const args = [
    ...TINY,
    "--sizes",
    "300",
    "--approaches",
    "binary",
    "--blocks",
    "1",
    "--results",
    folder.inFolder("failing"),
  ];
  const index = join(DATA, "300", "binary", "users.idx");
  const whole = readFileSync(index);
  writeFileSync(index, Buffer.alloc(whole.length, "x"));
  const failed = await runCommand("lesson.ts", args);
  writeFileSync(index, whole);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /read binary +failed: /);
  assert.match(failed.stderr, /index-reads failed: countReads ended early: /);
  assert.match(failed.stderr, /^error: 3 trials or experiments failed/m);
  const path = onlyLesson("failing");
  assert.equal(readRecord(path).endedAt, null);
  const claims = JSON.parse(readFileSync(join(path, "claims.json"), "utf8")) as Claim[];
  for (const { verdict } of claims) assert.equal(verdict, "not measured");

  const again = await runCommand("lesson.ts", args);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /1 of 3 steps are there/);
  assert.ok(readRecord(path).endedAt);
  assert.deepEqual(Object.keys((readEvidence(path) as Evidence).experiments), ["index-reads", "hot-pages"]);
});

describe("what lesson is told", () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["size", ["--sizes", "10k,many"], /--sizes.*'10k,many'.*expected a whole number/],
    ["list of sizes", ["--sizes", ","], /--sizes.*expected sizes, such as 10k,100k,1M/],
    ["approach", ["--approaches", "mongo"], /--approaches.*mongo/],
    ["number of blocks", ["--blocks", "0"], /--blocks.*expected a whole number from 1/],
    ["option", ["--size", "10k"], /unknown option '--size'/],
  ];
  for (const [what, args, message] of wrong) {
    test(`a wrong ${what} is one clear line and exit code 2`, async () => {
      const { code, stdout, stderr } = await runCommand("lesson.ts", args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }

  test("containers are not for lessons", async () => {
    const { code, stderr } = await runCommand("lesson.ts", [], { MODE: "docker" });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /'--mode <MODE>' value 'docker' from env 'MODE' is invalid. Allowed choices are auto, native/,
    );
  });

  test("--list prints what would be done, and makes nothing", async () => {
    const results = folder.inFolder("nothing");
    const { code, stdout, stderr } = await runCommand(
      "lesson.ts",
      ["--list", "--blocks", "3", "--results", results, "--seed", "3"],
      {
        SIZES: "1M,10k",
      },
    );
    assert.equal(code, 0);
    assert.equal(stdout.trimEnd().split("\n").length, 2 * 3 + 10);
    assert.match(stdout, /^block 1 at (10k|1M)\tabout \d/);
    assert.match(stderr, /^16 of 16 steps, about \d+ min/);
    assert.ok(!existsSync(results));
  });
});
