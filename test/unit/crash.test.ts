// How the crash experiments judge and tell.
import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, test } from "node:test";
import type { Case, Stage } from "../../lab/crash/experiment.ts";
import { listSections, nameSubject, renderPage } from "../../lab/crash/page.ts";
import { type CrashRecord, crashRecords, type Outcome } from "../../lab/crash/record.ts";
import { judge, runCases } from "../../lab/crash/run-cases.ts";
import { listSubjects, promiseOf } from "../../lab/crash/subjects.ts";
import { renderCrashPage } from "../../lab/report/html/crash-page.ts";
import { renderSections } from "../../lab/writers/page.ts";
import { approaches } from "../../services/approaches/index.ts";
import { crashWith, outcome } from "../helpers/crash-record.ts";
import { createFolder } from "../helpers/folder.ts";

test("what must hold passes when it holds, what must fail when it does not, and what is shown always", () => {
  assert.deepEqual(
    (["hold", "fail", "show"] as const).flatMap((must) => [judge(must, true), judge(must, false)]),
    ["passed", "failed", "failed", "passed", "passed", "passed"],
  );
});

describe("cases", () => {
  const stage = (signal = new AbortController().signal): Stage => ({
    folder: "",
    seed: 1,
    isFull: false,
    signal,
    onProgress: () => {},
  });
  const one = (fields: Partial<Case>): Case => ({
    ...outcome({}),
    lack: null,
    run: async () => ({ holds: true, measured: "all", figures: { lost: 0 } }),
    ...fields,
  });
  async function run(cases: readonly Case[], own = stage()): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    await runCases(cases, own, { onCase: () => {}, onOutcome: (found) => outcomes.push(found) });
    return outcomes;
  }
  const outcomesOf = async (cases: readonly Case[]) =>
    (await run(cases)).map((found) => [found.outcome, found.measured]);

  test("that cannot be run say so, and are not run", async () => {
    const lack = "only root may mount";
    const never = () => assert.fail("it was run");
    assert.deepEqual(await outcomesOf([one({ lack, run: never }), one({ lack, run: never, must: "fail" })]), [
      ["not run", lack],
      ["not run", lack],
    ]);
  });

  test("that break have failed, whatever must be", async () => {
    const breaks = async () => Promise.reject(new Error("no service"));
    const cases = (["hold", "fail", "show"] as const).map((must) => one({ must, run: breaks }));
    assert.deepEqual(
      await outcomesOf(cases),
      cases.map(() => ["failed", "it broke: no service"]),
    );
  });

  test("are left when somebody stops them", async () => {
    const stop = new AbortController();
    const stopped = one({
      run: async () => {
        stop.abort(new Error("stopped"));
        throw new Error("its consequence");
      },
    });
    await assert.rejects(run([stopped, one({})], stage(stop.signal)), { message: "stopped" });
  });
});

test("every approach that stores what it is given is asked at each of its levels, and promises what its row says", async () => {
  const { approaches: subjects, controls } = await listSubjects(approaches);
  const asked = subjects.map((subject) => `${subject.name} ${subject.level} ${promiseOf(subject)}`);
  for (const expected of [
    "map lesson process",
    "map none nothing",
    "linear power power",
    "sqlite none process",
  ])
    assert.ok(asked.includes(expected), expected);
  assert.ok(!asked.some((name) => /^(baseline|binary) /.test(name)));
  assert.ok(Object.values(controls).length > 0);
});

test("the table has a row for each approach and level, and says what was lost, kept, or not asked", () => {
  const sections = listSections({
    outcomes: [
      outcome({ figures: { acknowledged: 1200, lost: 0, wrong: 0 } }),
      outcome({
        experiment: "power",
        must: "fail",
        figures: { acknowledged: 300, lost: 300, wrong: 0, damaged: 1 },
      }),
      outcome({
        experiment: "speed",
        must: "show",
        figures: { writesPerSecondOf50: 8123.4, writesPerSecondOf1: 950 },
      }),
      outcome({ level: "power", outcome: "failed", measured: "it broke: x" }),
      outcome({ experiment: "power", level: "power", outcome: "not run", measured: "only root may mount" }),
      outcome({ experiment: "index", subject: "build-index", level: null }),
    ],
  });
  const titles = [
    "What survives, and what it costs",
    ...["kill", "power", "speed", "index"].map((name) => `Experiment: ${name}`),
  ];
  assert.deepEqual(
    sections.map(({ title }) => title),
    titles,
  );
  const rows = renderSections(sections.slice(0, 1))
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const [, , first = "", second = "", ...others] = rows;
  assert.match(
    first,
    /^\| map +\| lesson +\| kept, all 1,200 +\| lost 300 of 300, damaged +\| +8,1\d\d \| +950 \|$/,
  );
  assert.match(second, /^\| map +\| power +\| failed +\| not run: only root may mount +\|/);
  assert.deepEqual(others, []);
});

test("a subject is named with its level, and one that must fail as such", () => {
  assert.equal(nameSubject(outcome({})), "map");
  assert.equal(nameSubject(outcome({ level: "power" })), "map at power");
  assert.equal(
    nameSubject(outcome({ level: null, subject: "build-index", must: "fail" })),
    "build-index (must fail)",
  );
});

describe("crash.json", () => {
  const record = crashWith(
    outcome({ figures: { acknowledged: 1200, lost: 0 }, measured: "all <kept>" }),
    outcome({ experiment: "power", outcome: "not run", measured: "only root may mount" }),
  );

  test("is the same after it was written and read, and the latest finished one of the machine is found", () => {
    using folder = createFolder();
    const write = (day: number, fields: Partial<CrashRecord>) => {
      const path = crashRecords.createFolder(folder.path, new Date(Date.UTC(2026, 0, day, 3, 4, 5)));
      const one = { ...record, run: basename(path), ...fields };
      crashRecords.write(path, one);
      return one;
    };
    const first = write(2, {});
    assert.equal(first.run, "crash-2026-01-02T03-04-05");
    write(3, { endedAt: null });
    write(4, { machine: { ...record.machine, cores: record.machine.cores + 1 } });
    assert.deepEqual(crashRecords.read(folder.inFolder(first.run)), first);
    assert.deepEqual(crashRecords.findAll(folder.path, record.machine), [first]);
    assert.deepEqual(crashRecords.findAll(folder.inFolder("none"), record.machine), []);
  });

  test("of several runs that started in one second has a number, and the highest is the latest", () => {
    using folder = createFolder();
    for (let n = 1; n <= 11; n++) {
      const path = crashRecords.createFolder(folder.path, new Date("2026-01-02T03:04:05Z"));
      assert.equal(basename(path), `crash-2026-01-02T03-04-05${n === 1 ? "" : `-${n}`}`);
      crashRecords.write(path, { ...record, seed: n });
    }
    assert.equal(crashRecords.findAll(folder.path, record.machine)[0]?.seed, 11);
  });

  test("is refused with a field that is wrong, by its name", () => {
    using folder = createFolder();
    const wrong = { ...record, outcomes: [{ ...outcome({}), outcome: "maybe" }] } as never;
    const message = /crash\.json: outcomes\.0\.outcome: expected "passed" or "failed" or "not run"/;
    assert.throws(() => crashRecords.write(folder.path, wrong), { message });
  });

  test("has a page, in text and as HTML, with every outcome", () => {
    const [text, page] = [renderPage(record), renderCrashPage(record)];
    for (const words of ["1 passed, 0 failed, 1 not run", "only root may mount", record.command])
      for (const rendered of [text, page]) assert.ok(rendered.includes(words), words);
    assert.ok(page.includes("all &lt;kept&gt;"));
    assert.equal(renderCrashPage(record), page);
  });
});
