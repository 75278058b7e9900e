// A tiny bench, and a plan made of what it measured.
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { findControlGroups } from "../../lab/memory/control-group.ts";
import type { Answer } from "../../lab/plan/answer.ts";
import { askQuestions } from "../../scripts/ask-questions.ts";
import { QUESTIONS } from "../../scripts/plan-options.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";

const groups = await findControlGroups();
const skip = typeof groups === "string" ? `not run: ${groups}` : false;
const folder = createFolder();
after(() => folder[Symbol.dispose]());
const RESULTS = ["--results", folder.inFolder("results")];

const NEED = {
  ...{ USERS: "200", READS: "1", WRITES: "0.1", RECORD_BYTES: "140" },
  ...{ PROCESSES: "one", SURVIVES: "nothing", ASKS: "key" },
};
const plan = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runCommand("plan.ts", [...RESULTS, ...args], env);

describe("make plan", () => {
  before(async () => {
    const size = [
      "--size",
      "200",
      "--warmup",
      "30ms",
      "--duration",
      "150ms",
      "--connections",
      "4",
      "--blocks",
      "2",
    ];
    const args = ["--approaches", "map,binary", "--data", folder.inFolder("data"), ...RESULTS];
    const { code, stderr } = await runCommand("bench.ts", [...size, ...args]);
    assert.ok(code === 0 || stderr.includes("trials failed"), stderr);
  });

  test("answers from what the bench has measured", async () => {
    const { code, stdout, stderr } = await plan(NEED, "--json");
    assert.equal(code, 0, stderr);
    const { judgments, need } = JSON.parse(stdout) as Answer;
    assert.equal(need.users, 200);
    const verdicts = Object.fromEntries(judgments.map(({ approach, verdict }) => [approach, verdict]));
    assert.deepEqual(verdicts, {
      ...{ linear: "not measured", map: "can", binary: "cannot" },
      ...{ sqlite: "not measured", postgres: "not measured" },
    });
    const text = await plan(NEED);
    assert.match(text.stdout, /Can, the simplest first\n\| approach .*\n.*\n\| map/);
    assert.match(text.stdout, /make bench SIZE=200 WORKLOADS=read,create APPROACHES=linear,sqlite,postgres/);
  });

  test("says whether so much memory is enough by what the services had, and what to run where it is not known", async () => {
    const judge = async (memory: string) => {
      const { stdout, stderr } = await plan({ ...NEED, MEMORY: memory }, "--json");
      const { judgments, need } = JSON.parse(stdout || assert.fail(stderr)) as Answer;
      return { need, map: judgments.find(({ approach }) => approach === "map") };
    };
    const small = await judge("64MiB");
    assert.equal(small.need.memoryBytes, 64 * 2 ** 20);
    assert.equal(small.map?.verdict, "not measured");
    assert.match(small.map?.gaps[0]?.command ?? "", /^sudo make memory LIMIT=64MiB MULTIPLES=0\.01$/);
    const { map } = await judge("1GiB");
    assert.equal(map?.verdict, "can");
    assert.ok(map.by.every(({ enoughMemoryBytes }) => (enoughMemoryBytes ?? Infinity) < 2 ** 30));
    const { code, stderr } = await plan({ ...NEED, MEMORY: "much" });
    assert.equal(code, 2);
    assert.match(stderr, /'much' from env 'MEMORY' is invalid.*expected a size from 64MiB/);
  });

  test("without a terminal names the flag that is missing", async () => {
    const { SURVIVES: _, ...rest } = NEED;
    const { code, stderr } = await plan(rest);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      "error: --survives is missing, and this is no terminal to ask at; expected nothing or process or power\n",
    );
  });

  test("names the flag that is wrong, and what was expected", async () => {
    const { code, stderr } = await plan({ ...NEED, PROCESSES: "many" });
    assert.equal(code, 2);
    assert.match(stderr, /'many' from env 'PROCESSES' is invalid.*expected some of one, several, machines/);
  });

  test("without a result says which command to run", async () => {
    const { code, stderr } = await runCommand("plan.ts", ["--results", folder.inFolder("none")], NEED);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: .*none has no run of this machine to answer from; make bench SIZE=200 makes one/,
    );
  });

  test("leaves out runs of other machines, unless it is asked to mix them in", async () => {
    const other = folder.inFolder("other");
    cpSync(folder.inFolder("results"), other, { recursive: true });
    const file = `${other}/${readdirSync(other)[0]}/environment.json`;
    writeFileSync(file, readFileSync(file, "utf8").replace(/"cpu": ".*"/, '"cpu": "Another"'));
    const without = await runCommand("plan.ts", ["--results", other], NEED);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /1 runs of other machines are left out; ANY_MACHINE=1 mixes them in/);
    const mixed = await runCommand("plan.ts", ["--results", other], { ...NEED, ANY_MACHINE: "1" });
    assert.match(mixed.stdout, /1 runs are of other machines: their figures are mixed in/);
  });

  test("knows who was killed with so much memory, and who served", { skip }, async () => {
    const args = ["--limit", "96MiB", "--multiples", "0.5", "--approaches", "map,sqlite"];
    const run = await runCommand("memory.ts", [...args, "--data", folder.inFolder("data"), ...RESULTS]);
    assert.equal(run.code, 0, run.stderr);
    const need = { ...NEED, USERS: "360000", WRITES: "0", MEMORY: "96MiB" };
    const { judgments } = JSON.parse((await plan(need, "--json")).stdout) as Answer;
    const of = (name: string) => judgments.find(({ approach }) => approach === name);
    assert.equal(of("map")?.verdict, "cannot");
    assert.match(of("map")?.reasons[0]?.text ?? "", /^with 96 MiB at 360,000 users it did not serve: killed/);
    assert.match(of("map")?.reasons[0]?.shownBy ?? "", /^memory-.*, map$/);
    assert.equal(of("sqlite")?.verdict, "can");
    assert.match(of("sqlite")?.by[0]?.run ?? "", /^memory-/);
    assert.match((await plan(need)).stdout, /^Do you need a database\? .*\n/);
  });

  test("asks a person at a terminal for what was left out, again where it makes no sense", {
    timeout: 30_000,
  }, async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
    const output = new PassThrough().resume();
    let shown = "";
    output.on("data", (bytes: Buffer) => {
      shown += bytes.toString();
    });
    const given = { reads: 7, writes: 0, recordBytes: 140, survives: "process" };
    const asked = askQuestions(QUESTIONS, given, { input, output, isInteractive: true });
    const says = async (text: string) => {
      while (!shown.includes(text)) await sleep(5);
    };
    const type = (keys: string) => input.write(keys);
    await says("How many users?");
    type("many\r");
    await says("whole number");
    type("\u007f\u007f\u007f\u007f20k\r");
    await says("How much memory");
    type("\r");
    await says("Who reads and writes?");
    type("\u001b[B\r");
    await says("What is asked?");
    type(" \r");
    assert.deepEqual(await asked, {
      ...{ users: 20_000, readsPerSecond: 7, writesPerSecond: 0, recordBytes: 140 },
      ...{ memoryBytes: null, processes: "several", survives: "process", asks: ["key"] },
    });
  });
});
