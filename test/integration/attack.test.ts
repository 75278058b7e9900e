// The attacks in their short form on real services: ours stand them, and services with a fault are found out.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { aborts } from "../../lab/attack/aborts.ts";
import type { Attack } from "../../lab/attack/attack.ts";
import { attacks } from "../../lab/attack/attacks.ts";
import { connections } from "../../lab/attack/connections.ts";
import { malformed } from "../../lab/attack/malformed.ts";
import { overload } from "../../lab/attack/overload.ts";
import { pipelining } from "../../lab/attack/pipelining.ts";
import type { Outcome } from "../../lab/attack/record.ts";
import { makeAssault } from "../../lab/attack/run.ts";
import { slowClients } from "../../lab/attack/slow-clients.ts";
import { soak } from "../../lab/attack/soak.ts";
import { type ApproachName, approaches, mainApproaches } from "../../services/approaches/index.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import { runCommand, startCommand } from "../helpers/command.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";
import { writeChanged } from "../helpers/own-approach.ts";
import { findProcessesOf } from "../helpers/processes.ts";

const withoutProc =
  process.platform === "linux" ? false : "not run: only Linux tells of a process's descriptors";
const SEED = 7;

let folder: Folder;
before(() => {
  folder = createFolder();
});
after(() => folder[Symbol.dispose]());

const stage = () => ({
  ...{ folder: folder.path, seed: SEED, isFull: false, onProgress: () => {} },
  signal: new AbortController().signal,
});

/** Makes an attack on one of our approaches, which must stand it. */
async function assertStands(t: { skip: (why: string) => void }, attack: Attack, approach: ApproachName) {
  const { outcome, wrong, measured } = await makeAssault(
    { attack, approach, row: approaches[approach] },
    stage(),
  );
  if (outcome === "not run") return t.skip(`not run: ${measured}`);
  assert.equal(outcome, "passed", `${wrong.join("; ")} (${measured})`);
}

/** Makes an attack on the example of an approach of one's own, with methods that take the place of its own. */
async function attackChanged(attack: Attack, methods: string): Promise<Outcome> {
  const name = `faulty-${attack.name}-${Math.random().toString(36).slice(2, 8)}`;
  const rows = await loadOwnApproaches([writeChanged(folder, `${name}.ts`, methods)]);
  const [approach, row] = Object.entries(rows)[0] as [string, (typeof rows)[string]];
  return makeAssault({ attack, approach, row }, stage());
}

describe("a service stands", { skip: withoutProc }, () => {
  const chosen: [Attack, ApproachName][] = [
    [connections, "map"],
    [slowClients, "sqlite"],
    [pipelining, "linear"],
    [aborts, "linear"],
    [overload, "linear"],
    [soak, "binary"],
    ...attacks
      .filter(({ concerns, name }) => concerns(approaches.postgres) && name.startsWith("database-"))
      .map((attack): [Attack, ApproachName] => [attack, "postgres"]),
  ];
  for (const [attack, approach] of chosen)
    test(`${attack.name}: ${approach}`, (t) => assertStands(t, attack, approach));

  for (const approach of mainApproaches)
    test(`malformed requests: ${approach}`, (t) => assertStands(t, malformed, approach));
});

// Each waits for what never comes.
describe("a service is found out that", { skip: withoutProc, concurrency: true }, () => {
  const faulty: [fault: string, attack: Attack, methods: string, wrong: RegExp][] = [
    ["loses what it acknowledged", pipelining, "insert: (user) => 'inserted'", /acknowledged users lost/],
    [
      "mixes up its answers",
      pipelining,
      "findById: async (id) => { const user = await store.findById(id); return user && { ...user, name: 'Eve' }; }",
      /answered 200 with a wrong body/,
    ],
    ["fails", aborts, "findById: () => { throw new Error('no'); }", /no right answer within 10 s/],
    [
      "ends",
      malformed,
      "findById: () => { setImmediate(() => process.exit(0)); return null; }",
      /the service ended/,
    ],
    [
      "leaks descriptors",
      aborts,
      "findById: async (id) => { const { openSync } = await import('node:fs'); openSync('/dev/null', 'r'); return store.findById(id); }",
      /descriptors open/,
    ],
  ];
  for (const [fault, attack, methods, wrong] of faulty)
    test(fault, async () => {
      const outcome = await attackChanged(attack, methods);
      assert.equal(outcome.outcome, "failed", outcome.measured);
      assert.match(outcome.wrong.join("; "), wrong);
    });
});

describe("the command", () => {
  test("lists its attacks", async () => {
    const { code, stdout } = await runCommand("attack.ts", ["--list", "--approaches", "map,postgres"]);
    assert.equal(code, 0);
    const listed = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t").slice(0, 2).join(" "));
    assert.ok(listed.includes("overload map") && listed.includes("database-hang postgres"));
    assert.ok(!listed.includes("database-hang map"));
  });

  test("refuses an attack that there is not, in one line", async () => {
    const { code, stderr } = await runCommand("attack.ts", ["--only", "sorcery"]);
    assert.equal(code, 2);
    assert.match(stderr, /sorcery is not among them; expected some of fuzz, /);
  });

  test("stops on Ctrl-C, keeps what it found, and leaves nobody behind", { skip: withoutProc }, async () => {
    const [data, results] = [folder.inFolder("stopped-data"), folder.inFolder("stopped-results")];
    const args = ["--only", "aborts,soak", "--approaches", "postgres", "--data", data, "--results", results];
    const { child, ended } = startCommand("attack.ts", args);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 130, stderr);
    assert.match(stdout, /^1 passed, 0 failed, 0 not run$/m);
    assert.match(stderr, /^error: stopped; what was found until then is in \S+$/m);
    assert.deepEqual(await findProcessesOf(data), []);
    assert.deepEqual(readdirSync(data), []);
  });

  test("writes what it found, and how to repeat it", { skip: withoutProc }, async () => {
    const results = folder.inFolder("results");
    const args = [
      "--only",
      "aborts",
      "--approaches",
      "baseline",
      "--seed",
      "5",
      "--data",
      folder.path,
      "--results",
      results,
    ];
    const { code, stdout, stderr } = await runCommand("attack.ts", args);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /^npm run attack -- --only aborts --approaches baseline --seed 5$/m);
    assert.match(stdout, /^1 passed, 0 failed, 0 not run$/m);
    const path = /^results: (\S+)$/m.exec(stdout)?.[1] ?? "";
    const record = JSON.parse(readFileSync(join(path, "attack.json"), "utf8"));
    assert.deepEqual([record.seed, record.form, record.outcomes.length], [5, "short", 1]);
    assert.equal(record.outcomes[0].outcome, "passed");
  });
});
