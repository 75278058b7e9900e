// `npm run contract`: a file that keeps the contract, files that break it, and the example of the documents.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { EXAMPLE, writeChanged, writeOwn } from "../helpers/own-approach.ts";

const GUIDE = fileURLToPath(new URL("../../docs/OWN-APPROACH.md", import.meta.url));

const folder = createFolder();
after(() => folder[Symbol.dispose]());

/** Stores that break one promise each: what differs from the example, and the test that must say so. */
const broken: Readonly<Record<string, readonly [string, string]>> = {
  "wrong-user": [
    "findById: async (id) => (await store.findById(id)) && { ...(await store.findById(id))!, name: 'Eve' }",
    "as a store: reads: finds each user, whole",
  ],
  "someone-for-anyone": [
    "findById: async (id) => (await store.findById(id)) ?? { id, name: 'Eve', email: 'e@e', created_at: '' }",
    "as a store: reads: finds nobody by an id that nobody has",
  ],
  "lost-write": ["insert: () => 'inserted' as const", "as a store: writes: finds what it has inserted"],
  "late-write": [
    "insert: (user) => { setImmediate(() => store.insert(user)); return 'inserted' as const; }",
    "as a store: writes: finds what it has inserted",
  ],
  "forgotten-write": [
    "created: new Map(), insert(user) { this.created.set(user.id, user); return 'inserted' as const; }, " +
      "findById(id) { return this.created.get(id) ?? store.findById(id); }",
    "as a store: writes: keeps what was written over a restart",
  ],
  "talkative-store": [
    "describe: async () => ({ ...(await store.describe()), settings: { list: [1, 2] } as never })",
    "over HTTP: operations: GET /info says what runs, over what data, with which settings and versions",
  ],
  "sick-store": [
    "check: () => { throw new Error('always ill'); }",
    "over HTTP: operations: GET /health says that the store can answer",
  ],
};

const runContract = (...args: string[]) => runCommand("contract.ts", args);

describe("npm run contract", () => {
  test("passes the example of the documents", async () => {
    const { code, stdout, stderr } = await runContract(EXAMPLE);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✔ finds each user, whole/);
    assert.match(stdout, /✔ answers a known id with the user, its keys in order/);
    assert.match(stdout, /sorted-array\.ts: all (4\d|[5-9]\d) promises are kept\n$/);
  });

  test("names each promise that a file breaks, and fails", async () => {
    const files = Object.entries(broken).map(([name, [methods]]) =>
      writeChanged(folder, `${name}.ts`, methods),
    );
    const { code, stdout, stderr } = await runContract(...files, EXAMPLE);
    assert.equal(code, 1, stdout);
    assert.match(stderr, /^error: broken promises, \d+ of \d+:\n/);
    for (const [name, [, promise]] of Object.entries(broken)) {
      assert.ok(stderr.includes(`\n  ${name}: ${promise}\n`), `${name}\n${stderr}`);
    }
    assert.ok(!stderr.includes("sorted-array: "), stderr);
    assert.doesNotMatch(stdout, /promises are kept/);
  });

  test("passes ours under other names: without a store, without writes, with a database", async () => {
    const files = ["baseline", "binary", "postgres"].map((name) =>
      writeOwn(
        folder,
        `other-${name}.ts`,
        `import { approaches } from "LAB/services/approaches/index.ts"; export const approach = approaches.${name};`,
      ),
    );
    const { code, stderr } = await runContract(...files);
    assert.equal(code, 0, stderr);
  });

  test("ends, also with a store that leaves something open", async () => {
    const { code, stderr } = await runContract(
      writeChanged(folder, "open-timer.ts", "timer: setInterval(() => {}, 1_000)"),
    );
    assert.equal(code, 0, stderr);
  });

  test("says what it takes", async () => {
    const help = await runContract("--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /files +one file per approach, such as \.\/my-store\.ts/);
    const nothing = await runContract();
    assert.deepEqual([nothing.code, nothing.stderr], [2, "error: missing required argument 'files'\n"]);
    const none = await runContract(EXAMPLE, folder.inFolder("none.ts"));
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^error: [^\n]*none\.ts: there is no file [^\n]*\n$/);
    assert.equal(none.stdout, "");
  });
});

describe("the guide to an approach of one's own", () => {
  test("shows the example as it is, in at most 40 lines", () => {
    const example = readFileSync(EXAMPLE, "utf8");
    const blocks = [...readFileSync(GUIDE, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
    assert.deepEqual(blocks, [example]);
    assert.ok(example.trimEnd().split("\n").length <= 40);
  });
});
