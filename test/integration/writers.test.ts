// Several processes that really write to one store, over a real PostgreSQL where it takes one: what is expected of each
// approach, stores that are wrong in a known way, and what a stop leaves.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readHistory } from "../../lab/history/history-file.ts";
import { openDatabaseFor } from "../../lab/targets/database-for.ts";
import { NATIVE_GROUPS, openNativeGroups } from "../../lab/targets/native-group.ts";
import { summarizeCells } from "../../lab/writers/figures.ts";
import { listCells } from "../../lab/writers/plan.ts";
import type { TrialRecord, WritersRecord } from "../../lab/writers/record.ts";
import { runWriters, type WritersResult } from "../../lab/writers/run.ts";
import { findWriters, readWriters, writeWriters } from "../../lab/writers/run-folder.ts";
import { isControlShown, judgeBatches, judgeSharing } from "../../lab/writers/verdicts.ts";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { writeChanged } from "../helpers/own-approach.ts";
import { findProcessesOf } from "../helpers/processes.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());
const DATA = folder.inFolder("data");
const SIZE = 200;

function count(times: Map<string, number>, what: string): void {
  times.set(what, (times.get(what) ?? 0) + 1);
}

/** Makes a short run of one block. */
function run(
  results: string,
  measured: Approaches,
  durationMs: number,
  offer = NATIVE_GROUPS,
): Promise<WritersResult> {
  return runWriters(
    {
      ...{ size: SIZE, dataSeed: 1, approaches: measured, blocks: 1, seed: 3, connections: 8, durationMs },
      // Everything is asked for at the end, however busy the machine is.
      readAllLimitMs: 60_000,
      ...{ isFull: false, offer, cells: listCells(measured, false, offer), command: "npm run writers" },
    },
    {
      dataRoot: DATA,
      resultsRoot: folder.inFolder(results),
      mode: "native",
      openTarget: async () => openNativeGroups(await openDatabaseFor(measured, { root: DATA })),
      signal: new AbortController().signal,
      onPreparing: () => {},
      onStep: () => {},
      onFailure: (name, error) => assert.fail(`${name}: ${error.stack}`),
    },
  );
}

describe("the approaches", () => {
  let result: WritersResult;
  let record: WritersRecord;
  before(async () => {
    result = await run("all", approaches, 100);
    record = result.record;
  });
  const trialsOf = (approach: string) => {
    const trials = record.trials.filter((trial) => trial.approach === approach);
    assert.ok(trials.length > 0, approach);
    return trials;
  };
  const faultsOf = ({ findings }: TrialRecord) => {
    const { lost, duplicated, unexpected, malformedLines, wrong, readErrors } = findings;
    const { SQLITE_BUSY: _, ...others } = readErrors;
    return { lost, duplicated, unexpected, malformedLines, wrong, readErrors: others };
  };

  test("all acknowledge users, lose none, store none twice and serve nothing else", () => {
    for (const trial of record.trials) {
      assert.ok(trial.findings.acknowledged > 0 && trial.posts > 0, trial.cell);
      assert.deepEqual(
        faultsOf(trial),
        { lost: 0, duplicated: 0, unexpected: 0, malformedLines: 0, wrong: 0, readErrors: {} },
        trial.cell,
      );
      assert.equal(trial.seededAtEnd, SIZE, trial.cell);
      assert.equal(trial.askedAtEnd, trial.findings.acknowledged, trial.cell);
    }
  });

  test("sqlite and postgres have nothing stale", () => {
    for (const trial of [...trialsOf("sqlite"), ...trialsOf("postgres")]) {
      assert.equal(trial.findings.stale, 0, trial.cell);
      assert.ok(trial.findings.reads >= trial.findings.acknowledged, trial.cell);
    }
  });

  test("every process is asked for the users of the look phase at once, while others write, and again at the end", async () => {
    for (const trial of record.trials) {
      assert.ok(trial.askedAtOnce > 0 && trial.askedAtOnce < trial.findings.acknowledged, trial.cell);
      const reads = new Map<string, number>();
      const acknowledgedBy = new Map<number, number>();
      for await (const one of readHistory(join(result.path, trial.history)))
        if (one.op === "add" && one.outcome === "ok") acknowledgedBy.set(one.element, one.process);
        else if (one.op === "read") count(reads, `${one.element} ${one.process}`);
      const processes = Array.from({ length: trial.processes }, (_, index) => index + 1);
      const askedTwice = [...acknowledgedBy].filter(([element, by]) =>
        processes
          .filter((process) => process !== by || processes.length === 1)
          .every((process) => (reads.get(`${element} ${process}`) ?? 0) > 1),
      );
      // Those that were missing at the end are asked for again as well, where one follows the others.
      const followed = trial.settleMs > 0 ? acknowledgedBy.size : trial.askedAtOnce;
      assert.ok(askedTwice.length >= trial.askedAtOnce && askedTwice.length <= followed, trial.cell);
    }
  });

  test("linear sees everything, at each process", async () => {
    for (const trial of trialsOf("linear")) {
      assert.equal(trial.findings.stale, 0, trial.cell);
      const found = new Set<number>();
      for await (const one of readHistory(join(result.path, trial.history)))
        if (one.op === "read" && one.outcome === "found") found.add(one.process);
      assert.equal(found.size, trial.processes, trial.cell);
    }
  });

  test("two maps, and two threads with one each, never see what the other has stored", () => {
    for (const trial of trialsOf("map").filter(({ processes }) => processes > 1)) {
      const { neverSeen, acknowledged, errors } = trial.findings;
      assert.deepEqual([neverSeen, errors], [acknowledged, {}], trial.cell);
    }
    const [alone] = trialsOf("map").filter(({ processes }) => processes === 1);
    assert.equal(alone?.findings.stale, 0);
  });

  test("maps that follow their file see everything in the end", () => {
    for (const trial of [...trialsOf("map-watched"), ...trialsOf("map-notified")])
      assert.equal(trial.findings.neverSeen, 0, trial.cell);
  });

  test("get the verdicts that the lesson teaches", () => {
    const verdicts = new Map(judgeSharing(summarizeCells(record)).map((one) => [one.approach, one.sharing]));
    assert.equal(verdicts.get("map"), "not to be shared");
    for (const name of ["linear", "sqlite", "postgres"])
      assert.equal(verdicts.get(name), "may be shared", name);
  });

  test("refuse a second user with one id where there is a primary key", () => {
    const seconds = new Map(
      record.equalIds.map(({ approach, second, records }) => [approach, [second, records]]),
    );
    for (const name of ["sqlite", "postgres"]) assert.deepEqual(seconds.get(name), ["duplicate", 1], name);
    for (const name of ["linear", "map"]) assert.deepEqual(seconds.get(name), ["inserted", 2], name);
  });

  test("apply a batch as a whole or not at all where that is promised", () => {
    const atomic = record.batches.filter(({ promise }) => promise === "atomic");
    const promised = Object.entries<Approach>(approaches).filter(([, { batches }]) => batches === "atomic");
    assert.deepEqual(
      atomic.map(({ approach }) => approach),
      promised.map(([name]) => name),
    );
    for (const { approach, half, lost, inFlight } of atomic)
      assert.deepEqual([half, lost, inFlight > 0], [0, 0, true], approach);
  });

  test("are measured beside each other: readers beside a writer, four that read, one row and several", () => {
    assert.deepEqual(record.readers.map(({ journal }) => journal).sort(), ["delete", "wal"]);
    for (const { alone, besideWriter, writesPerSecond } of record.readers)
      assert.ok(alone.reads > 0 && besideWriter.reads > 0 && writesPerSecond > 0);
    for (const { one, four } of record.manyReaders)
      for (const { reads, errors } of [one, four]) assert.deepEqual([reads > 0, errors], [true, {}]);
    for (const rows of record.rows) assert.deepEqual([rows.samePerSecond > 0, rows.lost], [true, 0]);
  });

  test("append lines that do not mix, longer than PIPE_BUF too", () => {
    const [short, long] = record.lines.map(({ bytesPerLine }) => bytesPerLine);
    assert.ok((short ?? 0) < 4_096 && (long ?? 0) > 4_096);
    for (const { appended, mixedLines, missingLines, looks } of record.lines)
      assert.deepEqual([appended > 0, mixedLines, missingLines, looks > 0], [true, 0, 0, true]);
    // The kernel copies a long line page by page, and the file grows with each.
    if (process.platform === "linux") assert.ok((record.lines[1]?.halfLines ?? 0) > 0);
  });

  test("leave a history of every operation, and a record that can be read again", async () => {
    const [trial] = trialsOf("sqlite");
    const counts = { add: 0, read: 0 };
    for await (const { op } of readHistory(join(result.path, trial?.history ?? ""))) counts[op]++;
    assert.equal(counts.add, trial?.findings.attempted);
    assert.ok(counts.read >= (trial?.findings.reads ?? 0));
    assert.deepEqual(readWriters(result.path), record);
    assert.equal(findWriters(folder.inFolder("all"), record.machine)[0]?.run, record.run);
    assert.deepEqual(findWriters(folder.inFolder("all"), { ...record.machine, cpu: "another" }), []);
    assert.throws(
      () => writeWriters(result.path, { ...record, size: "many" } as never),
      /writers\.json: size: expected number, found "many"/,
    );
  });
});

describe("a store that is wrong is found out", () => {
  /** What one process shows. */
  const wrongs = {
    lossy: 'insert: (user) => (user.id < "4" ? "inserted" : store.insert(user))',
    doubling: "insert: async (user) => { await store.insert(user); return store.insert(user); }",
    lying:
      'findById: async (id) => { const user = await store.findById(id); return user && { ...user, name: "x" }; }',
    forgetful: 'findById: (id) => (id < "4" ? null : store.findById(id))',
    refusing: 'insert: async (user) => { await store.insert(user); return "duplicate"; }',
    renaming:
      'insert: async (user) => { await store.insert({ ...user, id: "x" + user.id }); return "inserted"; }',
  };
  /** What two show, or what a verdict must not miss. */
  const wrongTogether = {
    failing: 'findById: () => { throw new Error("no read"); }',
    // Each writes a line in two pieces, with a pause between them.
    piecemeal:
      'insert: async (user) => { const line = JSON.stringify(user) + "\\n"; appendFileSync(file, line.slice(0, 20)); ' +
      'await sleep(3); appendFileSync(file, line.slice(20)); return "inserted"; }',
    deleting:
      'insert: (user) => { const lines = readFileSync(file, "utf8").split("\\n"); ' +
      'writeFileSync(file, lines.slice(1).join("\\n")); return store.insert(user); }',
  };
  /** A batch takes half a second, so that every kill comes in the middle of one. */
  const HALVING =
    "insertMany: async (users) => { for (const user of users) { await store.insert(user); await sleep(5); } " +
    'return "inserted"; }';
  const ALONE = { maxProcesses: 1, hasThreads: false };
  let path: string;
  let trials: readonly TrialRecord[];
  let batches: WritersRecord["batches"];
  before(async () => {
    const write = (all: Record<string, string>) =>
      Object.entries(all).map(([name, methods]) => writeChanged(folder, `${name}.ts`, methods));
    const halves = (["atomic", "naive"] as const).map((promise) =>
      writeChanged(folder, `half-${promise}.ts`, HALVING, `batches: "${promise}"`),
    );
    const alone = await run("wrong", await loadOwnApproaches([...write(wrongs), ...halves]), 100, ALONE);
    const together = await run("wrong-together", await loadOwnApproaches(write(wrongTogether)), 100);
    path = alone.path;
    trials = [...alone.record.trials, ...together.record.trials];
    batches = alone.record.batches;
  });
  const verdictOf = (approach: string) =>
    judgeSharing(summarizeCells({ trials, size: SIZE })).find((one) => one.approach === approach)?.sharing;
  const findingsOf = (approach: string) => {
    const trial = trials.find((one) => one.approach === approach && one.processes === 1);
    return trial?.findings ?? assert.fail(approach);
  };

  test("when it loses a quarter", async () => {
    const trial = trials.find((one) => one.approach === "lossy" && one.processes === 1);
    let expected = 0;
    for await (const one of readHistory(join(path, trial?.history ?? "")))
      if (one.op === "add" && one.outcome === "ok" && (one.id ?? "") < "4") expected++;
    assert.ok(expected > 0);
    assert.equal(findingsOf("lossy").lost, expected);
  });

  test("when it answers no read", () => {
    const { readErrors, reads } = findingsOf("failing");
    assert.ok(reads > 0);
    assert.deepEqual(readErrors, { "status 500": reads });
    assert.equal(verdictOf("failing"), "not to be shared");
  });

  test("when its processes mix their lines", () => {
    const mixed = trials.find((one) => one.approach === "piecemeal" && one.processes === 2);
    assert.ok((mixed?.findings.malformedLines ?? 0) > 0);
    assert.ok((mixed?.findings.lost ?? 0) > 0);
  });

  test("when it stores what it refuses", () => {
    const { unexpected, attempted, acknowledged } = findingsOf("refusing");
    assert.deepEqual([acknowledged, unexpected], [0, attempted]);
  });

  test("when it stores under another id than it answers", () => {
    const { lost, unexpected, acknowledged } = findingsOf("renaming");
    assert.ok(acknowledged > 0);
    assert.deepEqual([lost, unexpected], [acknowledged, acknowledged]);
  });

  test("when it deletes who was there before", () => {
    const trial = trials.find((one) => one.approach === "deleting" && one.processes === 1);
    assert.ok((trial?.seededAtEnd ?? SIZE) < SIZE);
    assert.equal(verdictOf("deleting"), "not to be shared");
  });

  test("when it leaves half a batch, and the control shows what that looks like", () => {
    const [atomic, naive] = ["half-atomic", "half-naive"].map((name) =>
      batches.find(({ approach }) => approach === name),
    );
    assert.ok(atomic && naive);
    assert.ok(isControlShown([naive]), "every kill comes in the middle of a batch");
    assert.equal(judgeBatches(atomic, true).outcome, "broken");
    assert.equal(judgeBatches(naive, true).outcome, "shown");
  });

  test("when it stores everything twice", () => {
    const { duplicated, acknowledged } = findingsOf("doubling");
    assert.equal(duplicated, acknowledged);
  });

  test("when it answers with somebody else", () => {
    const { wrong, reads } = findingsOf("lying");
    assert.ok(wrong > 0 && wrong === reads);
  });

  test("when it does not find what it has", () => {
    const { lost, stale, neverSeen } = findingsOf("forgetful");
    assert.ok(lost === 0 && stale > 0 && neverSeen === stale);
  });
});

describe("the command", () => {
  const args = [
    "--data",
    DATA,
    "--size",
    String(SIZE),
    "--blocks",
    "1",
    "--duration",
    "100ms",
    "--seed",
    "4",
  ];

  test("stops on Ctrl-C, leaves nobody behind, and keeps what was measured", async () => {
    const out = folder.inFolder("stopped");
    const command = startCommand("writers.ts", [...args, "--out", out, "--approaches", "map,sqlite"]);
    await command.said("[3/");
    command.child.kill("SIGINT");
    const { code, stderr, stdout } = await command.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /^error: stopped; what was measured until then is in .*stopped/m);
    const [name = ""] = readdirSync(out);
    const record = readWriters(join(out, name));
    assert.equal(record.endedAt, null);
    assert.equal(record.trials.length, 2);
    assert.match(stdout, /posts\/s/);
    assert.ok(existsSync(join(out, name, "writers.md")));
    assert.deepEqual(await findProcessesOf(DATA), []);
    assert.ok(!existsSync(join(DATA, "scratch")));
    assert.deepEqual(findWriters(out, record.machine), [], "an unfinished run judges no claim");
  });

  test("has not failed where a store has no second process, and says so", async () => {
    const out = folder.inFolder("alone");
    const { code, stdout, stderr } = await runCommand("writers.ts", [
      ...[...args, "--out", out, "--approaches", "lsm"],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /lsm with several processes: it refuses to open what another has open/);
  });

  test("lists its steps, and says in a line what is wrong with its options", async () => {
    const { code, stdout } = await runCommand("writers.ts", [
      "--list",
      "--approaches",
      "map",
      "--blocks",
      "2",
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^block 1: map, /);
    for (const [option, value, message] of [
      ["--approaches", "nosuch", /nosuch is not among them/],
      ["--approaches", "baseline", /none of these stores what it is given/],
      ["--duration", "long", /expected a duration/],
      ["--connections", "1", /expected a whole number from 4/],
    ] as const) {
      const refused = await runCommand("writers.ts", [option, value]);
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(refused.stderr, message);
    }
  });

  test("has the whole form in its options", async () => {
    const short = await runCommand("writers.ts", ["--list"]);
    const full = await runCommand("writers.ts", ["--list"], { FULL: "1" });
    assert.ok(full.stdout.split("\n").length > short.stdout.split("\n").length);
    assert.match(full.stderr, /--full$/m);
    const off = await runCommand("writers.ts", ["--list"], { FULL: "0" });
    assert.equal(off.stdout.split("\n").length, short.stdout.split("\n").length);
    const wrong = await runCommand("writers.ts", ["--list"], { FULL: "maybe" });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /expected 1 or 0/);
  });
});
