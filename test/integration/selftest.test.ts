// The short forms of the checks that need a machine: real services, real load. Each must pass, and what a mistaken procedure
// would make of the same trials must fail it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { builtin } from "../../lab/load/builtin.ts";
import { findK6 } from "../../lab/load/k6.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { Check, Lab } from "../../lab/selftest/check.ts";
import { listChecks } from "../../lab/selftest/checks.ts";
import type { FaultyTrials } from "../../lab/selftest/left-out.ts";
import { judgeLeftOut } from "../../lab/selftest/left-out.ts";
import { preload } from "../../lab/selftest/preloads/preload.ts";
import { checkRestartedService } from "../../lab/selftest/restarted-service.ts";
import { checkSameApproach, judgeSameApproach } from "../../lab/selftest/same-approach.ts";
import { checkSensitivity, judgeSensitivity } from "../../lab/selftest/sensitivity.ts";
import { judgeSlowGenerator } from "../../lab/selftest/slow-generator.ts";
import { openLab } from "../../lab/selftest/stage.ts";
import { checkStall, judgeStall } from "../../lab/selftest/stall.ts";
import { checkSteppingClock } from "../../lab/selftest/stepping-clock.ts";
import { checkWrongBodies } from "../../lab/selftest/wrong-bodies.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { withoutK6 } from "../helpers/k6.ts";
import { findProcessesOf } from "../helpers/processes.ts";

const folder = createFolder();
let lab: Lab & AsyncDisposable;
before(async () => {
  lab = await openLab({ seed: 1, signal: new AbortController().signal, onProgress: () => {} });
});
after(async () => {
  await lab[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** Runs a check, which must pass. Returns its figures. */
async function pass<Data>(check: Check<Data>): Promise<Data> {
  const { passed, measured, data } = await check.run(lab);
  assert.ok(passed, `expected: ${check.expected}; measured: ${measured}`);
  return data;
}

const averagesEverything = () => false;
const ANY_REASON = { wrong: /./, killed: /./, replaced: /./, on: /./, back: /./ };
const assertCaught = (trials: FaultyTrials) =>
  assert.ok(
    !judgeLeftOut(trials, ANY_REASON, averagesEverything).passed,
    "what averages everything would pass",
  );

describe("trials are left out", () => {
  test("when bodies are wrong, and every body is looked at", async () => {
    const lies = { generator: builtin, every: 1_000, since: "window" } as const;
    const trials = await pass(checkWrongBodies("short", lies));
    assertCaught(trials);
    assert.equal(trials.faulty.wrong?.unfinished, 0, "a wrong body is as long as the right one");
  });

  test("when bodies are wrong, and k6 looks at one in 101", { skip: withoutK6 }, async () => {
    const generator = await findK6();
    assert.ok(generator);
    assertCaught(await pass(checkWrongBodies("short", { generator, every: 3, since: "window" })));
  });

  test("when the service was restarted", async () => {
    assertCaught(await pass(checkRestartedService("short")));
  });

  test("when the generator's clock steps", async () => {
    assertCaught(await pass(checkSteppingClock("short")));
  });
});

test("a generator that is short of CPU is not taken for the service", async (t) => {
  const check = listChecks("short", []).find(({ name }) => name === "slow-generator");
  assert.ok(check);
  if ("lack" in check) return t.skip(`not run: ${check.lack}`);
  const trials = await pass(check as Check<{ alone: Measurement; crowded: Measurement }>);
  const crowded = { ...trials.crowded, verdict: "server-limited" } as const;
  assert.ok(!judgeSlowGenerator({ ...trials, crowded }).passed);
});

test("a stall is seen by an open load and hides from a closed connection", async () => {
  const trials = await pass(checkStall("short", builtin));
  assert.ok(!judgeStall("short", { ...trials, open: trials.closed }).passed);
});

test("a service that burns CPU is told from itself, and not from another", async () => {
  const same = await pass(checkSameApproach("short"));
  const different = await pass(checkSensitivity("short"));
  assert.ok(!judgeSensitivity("short", same).passed);
  assert.ok(!judgeSameApproach("short", different).passed);
});

test("a body is changed, and stays as long, whatever its name is made of", () => {
  const program = folder.inFolder("answer.mjs");
  const bodies = ["Anna", "Łukasz", "Žofie Ø", "李雷", "李 X", "ß"].map((name) =>
    JSON.stringify({ id: "1", name }),
  );
  writeFileSync(
    program,
    `import { createServer } from "node:http";
     const bodies = ${JSON.stringify(bodies)};
     const server = createServer((request, response) => response.end(bodies[request.url.slice(1)]));
     server.listen(0, "127.0.0.1", async () => {
       const ask = async (_, i) => (await fetch("http://127.0.0.1:" + server.address().port + "/" + i)).text();
       console.log(JSON.stringify(await Promise.all(bodies.map(ask))));
       process.exit();
     });`,
  );
  const args = [...preload("lie", { every: 1, atOnce: 1 }), program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  const answers: string[] = JSON.parse(stdout);
  const bytesOf = (text: string) => Buffer.byteLength(text);
  assert.deepEqual(answers.map(bytesOf), bodies.map(bytesOf));
  const isSame = answers.map((answer, index) => answer === bodies[index]);
  assert.deepEqual(isSame, [false, false, false, true, false, true]);
});

test("what burns CPU burns the part that it is told", () => {
  const program = folder.inFolder("serve.mjs");
  writeFileSync(
    program,
    `import { Server } from "node:http";
     const server = new Server();
     let value = 0;
     server.on("request", () => { for (let i = 0; i < 50_000; i++) value = (value * 31 + i) | 0; });
     const answer = (count) => { while (count-- > 0) server.emit("request"); };
     answer(500);
     const before = process.cpuUsage();
     answer(1_500);
     const { user, system } = process.cpuUsage(before);
     console.log(user + system);`,
  );
  const measure = (...args: string[]) =>
    Number(spawnSync(process.execPath, [...args, program], { encoding: "utf8" }).stdout);
  const ratio = measure(...preload("burn", { share: 2 })) / measure();
  assert.ok(ratio > 2.2 && ratio < 4, `${ratio}`);
});

test("the bench makes an approach burn CPU, which its command discloses", async () => {
  const places = ["--data", folder.inFolder("data"), "--results", folder.inFolder("results")];
  const few = ["--size", "200", "--approaches", "map,baseline", "--workloads", "read", "--blocks", "1"];
  const bench = startCommand("bench.ts", [...few, ...places, "--duration", "1s", "--burn", "map=50%"]);
  const preloaded = new Set<string>();
  const watch = setInterval(async () => {
    for (const pid of await findProcessesOf("burn.ts?share=0.5")) preloaded.add(pid);
  }, 50);
  const { code, stderr } = await bench.ended;
  clearInterval(watch);
  assert.equal(code, 0, stderr);
  // Once to ask the store about itself, once for the trial; and the other approach never.
  assert.ok(preloaded.size >= 1 && preloaded.size <= 2, `${preloaded.size}`);
  const [run = ""] = readdirSync(folder.inFolder("results"));
  const environment = readFileSync(`${folder.inFolder("results")}/${run}/environment.json`, "utf8");
  assert.match(JSON.parse(environment).command, /--burn map=50%$/);
  assert.doesNotMatch((await runCommand("bench.ts", ["--help"])).stdout, /burn/);
});

describe("make selftest", () => {
  const readRecord = (results: string) => {
    const [name = ""] = readdirSync(results);
    assert.match(name, /^selftest-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}$/);
    return JSON.parse(readFileSync(`${results}/${name}/selftest.json`, "utf8"));
  };

  test("prints what is expected and measured, and keeps it", async () => {
    const results = folder.inFolder("passing");
    const args = ["--short", "--only", "percentile-average,restarted-service", "--seed", "5"];
    const { code, stdout, stderr } = await runCommand("selftest.ts", [...args, "--results", results]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^percentile-average: passed in .*\n {2}expected: .*1000 and 10 ms.*\n {2}measured: 1000 and 10 ms/m,
    );
    assert.match(
      stdout,
      /^restarted-service: passed in .*\n {2}expected: .*\n {2}measured: killed: left out/m,
    );
    assert.match(stderr, /^2 checks, about \d+ s; seed 5$/m);
    const record = readRecord(results);
    assert.equal(record.command, `npm run selftest -- ${args.slice(0, 3).join(" ")} --seed 5`);
    assert.deepEqual([record.form, record.seed, record.checks.length], ["short", 5, 2]);
    assert.equal(record.checks[1].data.faulty.killed.verdict, "invalid");
  });

  test("fails when a check does, and goes on with the others", async () => {
    const bin = folder.inFolder("bin");
    mkdirSync(bin);
    writeFileSync(
      `${bin}/k6`,
      '#!/bin/sh\n[ "$1" = version ] && echo "k6 v0.0.0"\nexit $([ "$1" = version ] && echo 0 || echo 99)\n',
    );
    chmodSync(`${bin}/k6`, 0o755);
    const args = [
      "--short",
      "--only",
      "wrong-bodies-k6,percentile-average",
      "--results",
      folder.inFolder("failing"),
    ];
    const { code, stdout, stderr } = await runCommand("selftest.ts", args, {
      PATH: `${bin}:${process.env.PATH}`,
    });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^wrong-bodies-k6: failed in .*\n {2}expected: .*\n {2}measured: .*sound: left out \(k6 ended/m,
    );
    assert.match(stdout, /^percentile-average: passed/m);
    assert.match(stderr, /^error: 1 of 2 checks failed: wrong-bodies-k6$/m);
    assert.deepEqual(
      readRecord(folder.inFolder("failing")).checks.map(({ outcome }: { outcome: string }) => outcome),
      ["passed", "failed"],
    );
  });

  test("says what it cannot run", async () => {
    const args = ["--short", "--only", "stall-k6", "--results", folder.inFolder("lacking")];
    const { code, stdout } = await runCommand("selftest.ts", args, { PATH: "/nonexistent" });
    assert.equal(code, 0);
    assert.match(stdout, /^stall-k6: not run \(k6 is not on the PATH\)$/m);
  });

  test("lists its checks, and refuses those that there are not", async () => {
    const { stdout } = await runCommand("selftest.ts", ["--list"]);
    assert.match(stdout, /^same-approach\t.* at most 3 of 20 /m);
    const { code, stderr } = await runCommand("selftest.ts", ["--only", "everything"]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: .*everything is not among them; expected some of percentile-average/);
  });
});
