// What the bench says before it measures anything.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);

test("--help names every option, its default and its values", async () => {
  const { code, stdout } = await runCommand("bench.ts", ["--help"]);
  assert.equal(code, 0);
  const options = [
    "size",
    "approaches",
    "approaches-path",
    "workloads",
    "duration",
    "blocks",
    "connections",
    "seed",
    "generator",
  ];
  for (const option of [...options, "list", "warmup", "wait-limit"])
    assert.ok(stdout.includes(`--${option}`));
  for (const value of ["baseline,linear,map", "mixed", "builtin", "k6", "SIZE"])
    assert.ok(stdout.includes(value));
});

test("--list prints the trials in their order and makes nothing", async () => {
  using folder = createFolder();
  const places = ["--data", folder.inFolder("data"), "--results", folder.inFolder("results")];
  const list = (...args: string[]) => runCommand("bench.ts", ["--list", "--blocks", "2", ...places, ...args]);
  const { code, stdout } = await list("--seed", "5");
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.length, 2 * (6 + 5));
  assert.match(lines[0] ?? "", /^1\tblock 1\t\w+\t(read|create)$/);
  assert.equal((await list("--seed", "5")).stdout, stdout);
  assert.notEqual((await list("--seed", "6")).stdout, stdout);
  assert.ok(!existsSync(folder.inFolder("data")) && !existsSync(folder.inFolder("results")));
});

test("--list of an open load shows what comes before it, and its rates by name", async () => {
  const args = ["--list", "--load", "open", "--approaches", "map,linear", "--blocks", "3"];
  const lines = (await runCommand("bench.ts", args)).stdout.trimEnd().split("\n");
  assert.equal(lines.length, 2 * 2 + 3 * 2 * 4);
  assert.match(lines[0] ?? "", /^1\tblock 1\t(map|linear)\tread$/);
  const open = lines.slice(4);
  assert.match(open[0] ?? "", /^5\tblock 3\t(map|linear)\tread\topen, (common|25%|50%|75%)$/);
  assert.equal(open.filter((line) => line.endsWith("map\tread\topen, 50%")).length, 3);
});

test("options can be variables, as make passes them, and flags count more", async () => {
  const env = { APPROACHES: "map,sqlite", WORKLOADS: "mixed", BLOCKS: "1", SIZE: "1M" };
  const { stdout } = await runCommand("bench.ts", ["--list"], env);
  assert.match(stdout, /^1\tblock 1\t(map|sqlite)\tmixed\n2\tblock 1\t(map|sqlite)\tmixed\n$/);
  const flagged = await runCommand("bench.ts", ["--list", "--approaches", "linear"], env);
  assert.equal(flagged.stdout, "1\tblock 1\tlinear\tmixed\n");
});

const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["size", ["--size", "ten"], /--size.*ten.*expected/],
  [
    "approach",
    ["--approaches", "map,mongo"],
    /--approaches.*mongo is not among them; expected some of baseline/,
  ],
  ["workload", ["--workloads", "scan"], /--workloads.*scan is not among them; expected some of read/],
  ["duration", ["--duration", "-1s"], /--duration/],
  ["blocks", ["--blocks", "0"], /--blocks.*expected a whole number from 1/],
  ["connections", ["--connections", "1.5"], /--connections.*expected a whole number/],
  ["seed", ["--seed", "-1"], /--seed/],
  ["generator", ["--generator", "ab"], /--generator.*ab.*builtin, k6, wrk/],
  ["load", ["--load", "half"], /--load.*half.*closed, open/],
  ["rate", ["--load", "open", "--rate", "fast"], /--rate.*expected requests per second/],
  ["rate without an open load", ["--rate", "200"], /--rate: a closed load has none/],
  ["precision of an open load", ["--load", "open", "--precision", "5%"], /--precision is about throughput/],
  ["option", ["--aproaches", "map"], /unknown option '--aproaches'/],
  ["argument", ["1M"], /too many arguments/],
  [
    "combination",
    ["--approaches", "binary", "--workloads", "create"],
    /none of these approaches can be asked/,
  ],
];
for (const [what, args, message] of wrong) {
  test(`a wrong ${what} is one clear line and exit code 2`, async () => {
    const { code, stdout, stderr } = await runCommand("bench.ts", args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.match(stderr, /^error: [^\n]+\n(\(Did you mean [^\n]+\)\n)?$/);
  });
}

test("a wrong variable is named as one", async () => {
  const { code, stderr } = await runCommand("bench.ts", [], { BLOCKS: "many" });
  assert.equal(code, 2);
  assert.match(stderr, /'many' from env 'BLOCKS' is invalid/);
});

test("make passes its variables on", async () => {
  // -o: what is installed is not looked at, let alone installed again, while tests use it.
  const make = (...args: string[]) =>
    execute("make", ["-o", "node_modules/.ready", ...args], { cwd: PROJECT });
  await assert.rejects(make("bench", "SIZE=ten", "MODE=native"), {
    code: 2,
    stderr: /--size <N>' value 'ten' from env 'SIZE'/,
  });
  await assert.rejects(make("report", "RUN=nope"), { code: 2, stderr: /no run nope/ });
  assert.match((await make()).stdout, /^make bench /m);
});

test("k6 where there is none is said, and nothing else is used in its place", async () => {
  const { code, stderr } = await runCommand("bench.ts", ["--generator", "k6"], { PATH: "/nonexistent" });
  assert.equal(code, 2);
  assert.match(stderr, /^error: k6 is not on the PATH/);
});

test("a level of durability that an approach cannot give is refused by its name", async () => {
  const own = ["--approaches-path", "docs/examples/sorted-array.ts", "--approaches", "map,sorted-array"];
  const { code, stderr } = await runCommand("bench.ts", ["--list", "--durability", "power", ...own]);
  assert.deepEqual(
    [code, stderr],
    [2, "error: --durability: sorted-array cannot give power; expected lesson\n"],
  );
  const ours = await runCommand("bench.ts", ["--list", "--durability", "power"]);
  assert.equal(ours.code, 0, ours.stderr);
});
