// How the experiment with a limit of memory is planned, judged and told.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { claimRules, judgeClaim } from "../../lab/lesson/claims.ts";
import type { ClaimRule } from "../../lab/lesson/finding.ts";
import { renderPage, tellAnswer } from "../../lab/memory/page.ts";
import { planSizes, planTrials } from "../../lab/memory/plan.ts";
import { tellEnd } from "../../lab/memory/process-end.ts";
import { type MemoryRecord, type MemoryTrialRecord, memoryRecords } from "../../lab/memory/record.ts";
import { listSections } from "../../lab/memory/sections.ts";
import { renderMemoryPage } from "../../lab/report/html/memory-page.ts";
import { renderSections } from "../../lab/writers/page.ts";
import { parseMultiples } from "../../scripts/memory-options.ts";
import { parseLimit } from "../../scripts/options.ts";
import { approaches } from "../../services/approaches/index.ts";
import { createFolder } from "../helpers/folder.ts";
import { evidenceOf } from "../helpers/lesson-evidence.ts";
import { memoryTrialWith, memoryWindowWith, memoryWith } from "../helpers/memory-record.ts";

const MIB = 2 ** 20;

describe("the plan", () => {
  const sizes = (limitBytes: number, multiples: readonly number[], isFull = false) =>
    planSizes(limitBytes, multiples, { dataSeed: 1, isFull });

  test("has as many users as make a file of so many times the limit", () => {
    // Lines of 141 bytes on average.
    assert.deepEqual(sizes(256 * MIB, [4, 0.25, 1]), [470_000, 1_900_000, 7_600_000]);
  });

  test("has ten million in its full form, each size once", () => {
    assert.deepEqual(sizes(256 * MIB, [1, 1], true), [1_900_000, 10_000_000]);
  });

  test("makes every approach that stores users once per block at each size, in an order drawn from the seed", () => {
    const { baseline, map, sqlite } = approaches;
    const plan = (seed: number) =>
      planTrials({ approaches: { baseline, map, sqlite }, sizes: [1, 2, 3], blocks: 2, seed });
    const name = ({ approach, size }: { approach: string; size: number }) => `${approach} ${size}`;
    for (const block of [1, 2])
      assert.deepEqual(
        plan(1)
          .filter((one) => one.block === block)
          .map(name)
          .sort(),
        ["map 1", "map 2", "map 3", "sqlite 1", "sqlite 2", "sqlite 3"],
      );
    assert.deepEqual(plan(1), plan(1));
    assert.notDeepEqual(plan(1).map(name), plan(2).map(name));
  });

  test("takes limits and multiples as people type them, and refuses others", () => {
    assert.deepEqual([parseLimit("256MiB"), parseLimit("1GiB")], [256 * MIB, 1024 * MIB]);
    for (const text of ["256", "256MB", "63MiB", "", "-1GiB", "0GiB"])
      assert.throws(() => parseLimit(text), /expected a size from 64MiB/, text);
    assert.deepEqual(parseMultiples("0.25,1,4"), [0.25, 1, 4]);
    for (const text of ["", "0", "1,", "a", "101", "1e1"])
      assert.throws(() => parseMultiples(text), /expected numbers from 0.01 to 100/, text);
  });
});

describe("the end of a process", () => {
  const told = (fields: Partial<Parameters<typeof tellEnd>[0]>) =>
    tellEnd({ code: null, signal: null, log: "", oomKills: 0, ...fields });

  test("by the system for want of memory has a count beside the signal", () => {
    assert.equal(told({ signal: "SIGKILL", oomKills: 1 }).cause, "killed");
    assert.deepEqual(told({ signal: "SIGKILL" }), { cause: "other", words: "ended by SIGKILL" });
  });

  test("by V8 is told with V8's own words", () => {
    const log = `map: loading
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----
 1: 0x931db0  [node]`;
    assert.deepEqual(told({ signal: "SIGABRT", log }), {
      cause: "heap",
      words: "ended by V8: Reached heap limit Allocation failed - JavaScript heap out of memory",
    });
  });

  test("by the service itself is told with its last line", () => {
    assert.deepEqual(told({ code: 1, log: "one\nusers.jsonl needs 900 MB of heap\n" }), {
      cause: "refused",
      words: "gave up with code 1: users.jsonl needs 900 MB of heap",
    });
  });
});

const killed = memoryTrialWith({
  startupMs: null,
  windows: [],
  memory: null,
  oomKills: 1,
  end: { cause: "killed", words: "killed by the system: it asked for more", afterMs: 1300 },
});
const record = memoryWith(
  killed,
  memoryTrialWith({
    approach: "sqlite",
    windows: [memoryWindowWith({ cache: "cold", requests: 100 }), memoryWindowWith({ cache: "warm" })],
  }),
);

describe("the record", () => {
  test("is read as it was written", () => {
    using folder = createFolder();
    const path = memoryRecords.createFolder(folder.path, new Date());
    memoryRecords.write(path, record);
    assert.deepEqual(memoryRecords.read(path), record);
  });

  test("with a field that it should not have is refused by its name", () => {
    using folder = createFolder();
    const path = memoryRecords.createFolder(folder.path, new Date());
    const wrong = { ...record, limitBytes: "much" } as unknown as MemoryRecord;
    assert.throws(
      () => memoryRecords.write(path, wrong),
      /memory\.json: limitBytes: expected number, found "much"$/,
    );
  });
});

describe("the claim about data larger than memory", () => {
  const rule = claimRules.find(({ id }) => id === "13") as ClaimRule;
  const judge = (...trials: Parameters<typeof memoryWith>) =>
    judgeClaim(rule, evidenceOf([], { memory: [memoryWith(...trials)] }));
  const [binary, sqlite] = ["binary", "sqlite"].map((approach) => memoryTrialWith({ approach })) as [
    MemoryTrialRecord,
    MemoryTrialRecord,
  ];

  test("holds where the map ends and the others serve", () => {
    const { verdict, measured } = judge(killed, binary, sqlite);
    assert.equal(verdict, "holds");
    assert.equal(
      measured,
      "with 256 MiB and up to 4.0 times as much data map ended in 1 of 1, binary served in 1 of 1, sqlite served in 1 of 1",
    );
  });

  test("does not hold where one does otherwise", () => {
    const failing = memoryTrialWith({ approach: "sqlite", windows: [memoryWindowWith({ unfinished: 1 })] });
    assert.equal(judge(memoryTrialWith({}), binary, sqlite).verdict, "does not hold");
    assert.equal(judge(killed, binary, failing).verdict, "does not hold");
  });

  test("is not judged without data that is larger, or without an experiment", () => {
    const small = memoryTrialWith({ approach: "sqlite", dataBytes: 2 ** 27 });
    assert.equal(judge(killed, binary, small).verdict, "not measured");
    assert.equal(judgeClaim(rule, evidenceOf([])).verdict, "not measured");
  });

  test("is judged by the latest run that has what it needs, which is named where another came later", () => {
    const [whole, part] = [
      { ...memoryWith(killed, binary, sqlite), run: "memory-early" },
      memoryWith(sqlite),
    ];
    const { verdict, why } = judgeClaim(rule, evidenceOf([], { memory: [part, whole] }));
    assert.equal(verdict, "holds");
    assert.match(why, /, by memory-early\.$/);
    assert.doesNotMatch(judgeClaim(rule, evidenceOf([], { memory: [whole, part] })).why, /by memory/);
  });

  test("is judged by the latest finished run on such a machine", () => {
    using folder = createFolder();
    const write = (day: number, fields: Partial<MemoryRecord>) =>
      memoryRecords.write(memoryRecords.createFolder(folder.path, new Date(2026, 0, day)), {
        ...record,
        seed: day,
        ...fields,
      });
    assert.deepEqual(memoryRecords.findAll(folder.path, record.machine), []);
    write(1, {});
    write(2, {});
    write(3, { endedAt: null });
    write(4, { machine: { ...record.machine, cores: 99 } });
    assert.equal(memoryRecords.findAll(folder.path, record.machine)[0]?.seed, 2);
  });
});

describe("the page", () => {
  const text = renderSections(listSections(record));
  const line = (pattern: RegExp) => text.split("\n").find((one) => pattern.test(one)) ?? "";

  test("tells in one line who died of what and when", () => {
    assert.match(line(/\| map /), /is killed by the system while it starts, after 1\.30 s/);
    assert.equal(line(/^- map/), "- map, 7,600,000 users: killed by the system: it asked for more");
    assert.match(line(/sqlite +\| serves/), /300 ms/);
  });

  test("has figures per request, and no p99 of few requests", () => {
    assert.match(line(/sqlite +\| cold/), /\| +100 \| 2\.00 ms \| +\| +0 \| +0\.50 \| +1\.00 \| +41\.0 kB/);
    assert.match(line(/sqlite +\| warm/), /2\.00 ms \| 9\.00 ms/);
  });

  test("says who serves the largest data", () => {
    assert.equal(tellAnswer(record), "With 256 MiB and 4.0 times as much data, sqlite served; map did not.");
    assert.equal(tellAnswer(memoryWith()), "Nothing was measured.");
  });

  test("says how often something happened in several blocks, and takes the median of the others", () => {
    const several = memoryWith(
      killed,
      memoryTrialWith({ block: 2, startupMs: 100 }),
      memoryTrialWith({ block: 3, startupMs: 200 }),
    );
    const shown = renderSections(listSections(several));
    assert.match(
      shown,
      /is killed by the system while it starts, after 1\.30 s, in 1 of 3 blocks +\| +150 ms/,
    );
  });

  test("names files that were in memory although they were to be taken out", () => {
    const warm = memoryWith(memoryTrialWith({ warmFiles: ["users.db"] }));
    assert.match(
      renderSections(listSections(warm)),
      /in 1 of 1 trials files could not be taken out of memory.*users\.db/,
    );
  });

  test("is the same as Markdown and as HTML", () => {
    for (const page of [renderPage(record), renderMemoryPage(record)]) {
      assert.match(page, /is killed by the system while it starts/);
      assert.match(page, /sqlite served; map did not/);
      assert.ok(page.includes(record.command));
    }
  });
});
