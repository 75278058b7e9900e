// Approaches in files of their own, measured beside ours: real services, real load.
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { readResults } from "../../lab/measure/results.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { EXAMPLE, writeChanged, writeOwn } from "../helpers/own-approach.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());

const DATA = folder.inFolder("data");
const QUICK = [
  "--size",
  "200",
  "--warmup",
  "30ms",
  "--duration",
  "120ms",
  "--connections",
  "4",
  "--blocks",
  "1",
];

function bench(results: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const places = ["--data", DATA, "--results", folder.inFolder(results)];
  return runCommand("bench.ts", [...QUICK, ...places, ...args], env);
}

function findRun(results: string): string {
  return `${folder.inFolder(results)}/${readdirSync(folder.inFolder(results)).at(-1)}`;
}

describe("the bench with files of one's own", () => {
  // Would end every service whose process loads it, but its own and that of the bench.
  const shy = writeOwn(
    folder,
    "shy-map.ts",
    `import { approaches } from "LAB/services/approaches/index.ts";
     const { APPROACH = "shy-map" } = process.env;
     if (APPROACH !== "shy-map") throw new Error("loaded by " + APPROACH);
     export const approach = { ...approaches.map, summary: "a map again" };`,
  );

  test("measures them beside ours, each in a process of its own, and records which they were", async () => {
    const args = ["--approaches", "baseline,map,sorted-array,shy-map", "--workloads", "read,create"];
    const files = `${EXAMPLE},${shy}`;
    const { code, stdout, stderr } = await bench("own", args, { APPROACHES_PATH: files });
    assert.equal(code, 0, stderr);
    const { environment, measurements } = readResults(findRun("own"));
    assert.deepEqual(
      measurements.map(({ approach, workload }) => `${approach} ${workload}`).sort(),
      ["baseline", "map", "shy-map", "sorted-array"].flatMap((name) => [`${name} create`, `${name} read`]),
    );
    for (const { approach, requests, errors, durability } of measurements) {
      assert.ok(requests > 0, approach);
      assert.equal(errors, 0, approach);
      assert.equal(durability, approach === "baseline" ? "nothing" : "process");
    }
    for (const name of ["map", "sorted-array", "shy-map"])
      assert.match(stdout, new RegExp(`^\\| ${name} `, "m"));
    const [one, two] = Object.values(environment.approachFiles ?? {});
    assert.deepEqual([one?.path, two?.path], [EXAMPLE, shy]);
    assert.ok(environment.command.includes(` --approaches-path ${files} `), environment.command);
    const report = readFileSync(`${findRun("own")}/report.md`, "utf8");
    assert.ok(report.includes(`- approach sorted-array: ${EXAMPLE}, SHA-256 ${one?.sha256}\n`), report);
    assert.match(readFileSync(`${findRun("own")}/report.html`, "utf8"), />sorted-array</);
    const mine = readFileSync(`${DATA}/200/sorted-array/users.jsonl`, "utf8");
    assert.equal(mine, readFileSync(`${DATA}/200/seeded/users.jsonl`, "utf8"));
  });

  test("says when a file has changed between two runs that are compared", async () => {
    const path = folder.inFolder("changed");
    cpSync(findRun("own"), path, { recursive: true });
    const file = `${path}/environment.json`;
    const text = readFileSync(file, "utf8");
    const sha256 = readResults(path).environment.approachFiles?.["sorted-array"]?.sha256 ?? assert.fail();
    writeFileSync(file, text.replace(sha256, "0".repeat(64)));
    const { code, stdout } = await runCommand("compare.ts", ["--a", findRun("own"), "--b", path]);
    assert.equal(code, 0);
    assert.match(stdout, /^- approachFiles\.sorted-array\.sha256: /m);
  });

  test("takes a wrong answer under load for an error of its trial", async () => {
    const liar = writeChanged(
      folder,
      "liar.ts",
      "findById: async (id) => { const user = await store.findById(id); return user && { ...user, name: 'Eve' }; }",
    );
    const args = ["--approaches-path", liar, "--approaches", "liar,baseline", "--workloads", "read"];
    const { code, stdout, stderr } = await bench("lying", args);
    assert.equal(code, 1);
    assert.match(stderr, /^error: 1 of 2 trials failed/m);
    assert.match(stdout, /^\| liar +\| +– /m);
    const trial = readResults(findRun("lying")).measurements.find(({ approach }) => approach === "liar");
    assert.equal(trial?.verdict, "invalid");
    assert.match(trial?.error ?? "", /wrong body/);
  });

  test("refuses to look for them in containers", async () => {
    const args = ["--approaches-path", EXAMPLE, "--approaches", "sorted-array", "--mode", "docker"];
    const { code, stderr } = await bench("none", args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: --approaches-path: no container has such a file/m);
  });
});
