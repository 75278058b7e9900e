// A person's own records through real services, with every body checked.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { readResults } from "../../lab/measure/results.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { withoutK6 } from "../helpers/k6.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());

const QUICK = ["--warmup", "30ms", "--duration", "150ms", "--connections", "4", "--blocks", "1"];
const PLACES = ["--data", folder.inFolder("data"), "--results", folder.inFolder("results")];

/** Whatever has to be escaped on some way: in a path, in COPY, in JSON; and one that is longer than people's names. */
const RECORDS = [
  { id: "käse/ 42?x=1&y", note: 'tab\tnewline\nback\\slash "quoted" \u2028' },
  { id: "..", note: "é".repeat(20_000) },
  { id: "%41", note: null },
  ...Array.from({ length: 40 }, (_, n) => ({ id: `p${n}`, n, tags: Array.from({ length: n }, () => "tag") })),
];

function place(name: string, records: readonly object[]): string {
  const file = folder.inFolder(name);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return file;
}

const bench = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runCommand("bench.ts", [...QUICK, ...PLACES, ...args], env);

describe("make bench DATA=people.jsonl", () => {
  test("asks for every record and stores others, and leaves out who cannot take the keys", async () => {
    const file = place("people.jsonl", RECORDS);
    const before = readFileSync(file);
    const taking = ["baseline", "linear", "map", "sqlite", "postgres", "lsm", "leveldb", "rocksdb", "lmdb"];
    const asked = ["--workloads", "mixed", "--approaches", ["binary", ...taking].join()];
    const { code, stdout, stderr } = await bench({ DATA: file, KEY: "id" }, ...asked);
    assert.ok(code === 0 || stderr.includes("trials failed"), stderr);
    assert.match(stderr, /^note: binary is left out: its index takes keys of 1 to 36 printable ASCII/m);
    assert.deepEqual(readFileSync(file), before);
    const results = folder.inFolder("results");
    const { environment, measurements } = readResults(`${results}/${readdirSync(results).at(-1)}`);
    assert.deepEqual(new Set(measurements.map(({ approach }) => approach)), new Set(environment.approaches));
    assert.deepEqual(environment.approaches, taking);
    for (const { approach, workload, requests, errorKinds } of measurements) {
      assert.deepEqual(errorKinds, {}, `${approach} ${workload}`);
      assert.ok(requests > 0, `${approach} ${workload}`);
    }
    const { records } = environment;
    assert.deepEqual([records?.path, records?.key, records?.records], [file, "id", RECORDS.length]);
    assert.equal(environment.size, RECORDS.length);
    assert.match(stdout, /^> The data is 43 records of .*people\.jsonl, key id: .* binary is left out/m);
    assert.match(environment.command, /--records \S*people\.jsonl --key id/);
  });

  test("lets k6 ask for them too, closed and open", { skip: withoutK6 }, async () => {
    const file = place("people.jsonl", RECORDS);
    const asked = ["--generator", "k6", "--workloads", "mixed", "--approaches", "map", "--duration", "1s"];
    for (const load of [
      ["--load", "closed"],
      ["--load", "open", "--rate", "200"],
    ]) {
      const { code, stderr } = await bench({ DATA: file }, ...asked, ...load);
      assert.ok(code === 0 || stderr.includes("trials failed"), stderr);
      const results = folder.inFolder("results");
      const { measurements } = readResults(`${results}/${readdirSync(results).sort().at(-1)}`);
      const made = measurements.filter(({ generator }) => generator === "k6");
      assert.ok(made.length > 0 && made.every(({ requests }) => requests > 0), stderr);
      for (const { errorKinds } of made) assert.deepEqual(errorKinds, {});
    }
  });

  test("with plain keys is for all", async () => {
    const file = place("plain.jsonl", [{ name: "a" }, { name: "b" }]);
    const { code, stdout, stderr } = await bench(
      { DATA: file, KEY: "name" },
      ...["--approaches", "binary,map", "--workloads", "read"],
    );
    assert.ok(code === 0 || stderr.includes("trials failed"), stderr);
    assert.match(stdout, /^\| binary /m);
  });

  test("says in one line what is wrong", async () => {
    const broken = place("broken.jsonl", [{ id: "a" }, { id: 7 }]);
    const good = place("good.jsonl", [{ id: "a b" }]);
    const cases: readonly [Record<string, string>, readonly string[], RegExp][] = [
      [{ DATA: broken }, [], /broken\.jsonl:2: expected a string that is not empty in "id"$/],
      [{ DATA: folder.inFolder("none") }, [], /none: no such file$/],
      [{}, ["--key", "id2"], /--key is a field of --records, which is missing$/],
      [{ DATA: good, SIZE: "5" }, [], /--size: --records says how many there are/],
      [{ DATA: good }, ["--approaches", "binary"], /--approaches: none can take the records of/],
      [{ DATA: good }, ["--mode", "docker"], /--records: no container has such a file/],
    ];
    for (const [env, args, expected] of cases) {
      const { code, stderr } = await bench(env, ...args);
      assert.notEqual(code, 0);
      assert.match(stderr.trim().split("\n").at(-1) ?? "", expected);
    }
  });
});
