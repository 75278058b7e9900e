// Approaches in files of their own: which files are taken, which are refused and in what words.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { ConfigError, readApproaches } from "../../services/config.ts";
import { ApproachFileError, loadOwnApproaches, splitPaths } from "../../services/own-approaches.ts";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";
import { EXAMPLE, writeOwn } from "../helpers/own-approach.ts";
import { startServiceProcess } from "../helpers/service-process.ts";
import { mainRows, rows } from "../helpers/stores.ts";
import { someUsers, toLines } from "../helpers/users.ts";

const folder = createFolder();
after(() => folder[Symbol.dispose]());

const FIELDS = {
  summary: '"a store"',
  load: "async () => async () => ({})",
  needs: '["users.jsonl"]',
  stores: "true",
  writes: "true",
  durability: '"process"',
  batches: "",
  clustered: "",
  variantOf: "",
};

/** Returns the text of a file, with some fields written otherwise; empty ones are left out. */
function textWith(fields: Partial<typeof FIELDS>): string {
  const entries = Object.entries({ ...FIELDS, ...fields }).filter(([, text]) => text !== "");
  return `export const approach = { ${entries.map(([name, text]) => `${name}: ${text}`).join(", ")} };`;
}

/** Returns the one line with which a file is refused. */
async function refusalOf(...paths: string[]): Promise<string> {
  try {
    await loadOwnApproaches(paths);
  } catch (error) {
    assert.ok(error instanceof ApproachFileError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  throw new assert.AssertionError({ message: `taken: ${paths}` });
}

describe("a file of one's own", () => {
  test("is the approach of its name, with its hash", async () => {
    const loaded = await loadOwnApproaches([EXAMPLE]);
    assert.deepEqual(Object.keys(loaded), ["sorted-array"]);
    const { needs, durability, file } = loaded["sorted-array"] ?? assert.fail();
    assert.deepEqual([needs, durability], [["users.jsonl"], "process"]);
    const sha256 = createHash("sha256").update(readFileSync(EXAMPLE)).digest("hex");
    assert.deepEqual(file, { path: EXAMPLE, sha256 });
  });

  test("may be TypeScript or JavaScript, anywhere, with packages from its own place", async () => {
    mkdirSync(folder.inFolder("node_modules/tiny"), { recursive: true });
    writeFileSync(
      folder.inFolder("node_modules/tiny/index.js"),
      "module.exports = { summary: 'from a package' };",
    );
    const text = `import tiny from "tiny"; ${textWith({ summary: "tiny.summary" })}`;
    for (const name of ["a.ts", "b.mts", "c.js", "d.mjs"]) {
      const file = writeOwn(folder, name, text);
      const [row] = Object.values(await loadOwnApproaches([file]));
      assert.equal(row?.summary, "from a package", name);
    }
  });

  test("may be one of several, with spaces about the commas", async () => {
    const [one, two] = ["one.ts", "two.ts"].map((name) => writeOwn(folder, name, textWith({})));
    const paths = splitPaths(` ${one} ,${two},`);
    assert.deepEqual(Object.keys(await loadOwnApproaches(paths)), ["one", "two"]);
    assert.deepEqual(await loadOwnApproaches(splitPaths("")), {});
  });

  test("may ask for anything that ours ask for", async () => {
    for (const [name, { summary: _summary, load: _load, ...fields }] of rows) {
      const texts = Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [key, JSON.stringify(value)]),
      );
      await loadOwnApproaches([writeOwn(folder, `like-${name}.ts`, textWith(texts))]);
    }
  });

  test("is refused under a name that is ours, is there already, or is none", async () => {
    for (const name of [...rows.map(([name]) => name), "seeded"]) {
      const message = await refusalOf(writeOwn(folder, `${name}.ts`, textWith({})));
      assert.match(
        message,
        new RegExp(`/${name}\\.ts: the name ${name} is taken; expected a file with another name`),
      );
    }
    assert.match(await refusalOf(EXAMPLE, EXAMPLE), /the name sorted-array is taken/);
    for (const name of [
      "My-store.ts",
      "my_store.ts",
      "my store.ts",
      "-a.ts",
      "a--b.ts",
      "1a.ts",
      "a.tsx",
      "a.cts",
      "a",
    ]) {
      assert.match(
        await refusalOf(writeOwn(folder, name, textWith({}))),
        /expected one like my-store\.ts/,
        name,
      );
    }
  });

  test("that is not there, or cannot be loaded, is refused with the reason", async () => {
    const none = folder.inFolder("none.ts");
    assert.equal(await refusalOf(none), `${none}: there is no file ${none}`);
    mkdirSync(folder.inFolder("a-folder.ts"));
    assert.match(await refusalOf(folder.inFolder("a-folder.ts")), /there is no file/);
    const broken: Record<string, readonly [string, RegExp]> = {
      "bad-syntax": ["\nexport const approach = {;", /cannot be loaded: .*Unexpected token.* \(line 2\)$/],
      "bad-enum": ["export enum A { B }", /cannot be loaded: .*enum is not supported.* \(line 1\)$/],
      "bad-package": ['import "no-such-package";', /cannot be loaded: Cannot find package 'no-such-package'/],
      "bad-start": ['throw new Error("first line\\nsecond");', /cannot be loaded: first line$/],
      "bad-throw": ["throw null;", /cannot be loaded: null$/],
      "bad-export": [
        "export const store = 1; export default 2;",
        /: it exports default, store; expected an object/,
      ],
      "bad-nothing": ["export {};", /: it exports nothing; expected an object, exported as approach$/],
      "bad-kind": ["export const approach = null;", /: approach is null; expected an object/],
    };
    for (const [name, [text, message]] of Object.entries(broken)) {
      const file = writeOwn(folder, `${name}.ts`, text);
      const refusal = await refusalOf(file);
      assert.ok(refusal.startsWith(file), refusal);
      assert.match(refusal, message);
    }
  });

  const wrong: readonly (readonly [keyof typeof FIELDS, readonly string[], RegExp])[] = [
    ["summary", ["", '""', '" "', '"two\\nlines"', "7"], /what stores the users, in one line$/],
    ["load", ["", "{}", '"./x.ts"'], /an async function that returns the function that opens the store$/],
    ["stores", ["", '"yes"', "1"], /true or false$/],
    ["writes", ["", "null"], /true or false$/],
    [
      "needs",
      ["", '"users.jsonl"', '["users.json"]', "[7]", "[]", '["users.idx"]'],
      /an array of "users\.jsonl", "users/,
    ],
    [
      "batches",
      ['"maybe"', '"toString"', "null", "true"],
      /one of "atomic", "naive", "none", or nothing, which is "none"$/,
    ],
    ["clustered", ['"yes"', "1"], /true or false, or nothing$/],
    ["variantOf", ['""', "1"], /the name of the approach that it is another form of, or nothing$/],
    ["durability", ["", '"disk"', '"toString"', "true"], /one of "nothing", "process", "power"$/],
  ];
  for (const [field, texts, expected] of wrong) {
    test(`with a wrong ${field} is refused with what it is and what was expected`, async () => {
      for (const [index, text] of texts.entries()) {
        const file = writeOwn(
          folder,
          `wrong-${field.toLowerCase()}-${index}.ts`,
          textWith({ [field]: text }),
        );
        const refusal = await refusalOf(file);
        const start = `${file}: approach.${field} is `;
        assert.equal(refusal.slice(0, start.length), start);
        assert.match(refusal, expected);
      }
    });
  }

  test("whose load gives no function to open the store is refused", async () => {
    const opened = writeOwn(folder, "opened.ts", textWith({ load: "async () => ({})" }));
    assert.match(
      await refusalOf(opened),
      /approach\.load\(\) returns \{\}; expected a promise of the function/,
    );
    const direct = writeOwn(folder, "direct.ts", textWith({ load: "async ({ dataDir }) => dataDir" }));
    assert.match(await refusalOf(direct), /approach\.load\(\) fails: Cannot destructure property 'dataDir'/);
  });
});

describe("APPROACHES_PATH", () => {
  test("adds to the approaches of a service", async () => {
    const table = await readApproaches({ APPROACHES_PATH: EXAMPLE });
    assert.deepEqual(Object.keys(table), [...rows.map(([name]) => name), "sorted-array"]);
    for (const env of [{}, { APPROACHES_PATH: "" }]) {
      assert.deepEqual(
        Object.keys(await readApproaches(env)),
        rows.map(([name]) => name),
      );
    }
    const refused = readApproaches({ APPROACHES_PATH: folder.inFolder("none.ts") });
    await assert.rejects(
      refused,
      (error) => error instanceof ConfigError && /^APPROACHES_PATH: /.test(error.message),
    );
  });

  test("lets a service serve it, and keep what it was given", async () => {
    using data = createFolder();
    const [user, ...others] = someUsers(20);
    writeFileSync(data.inFolder("users.jsonl"), toLines([user!, ...others]));
    const env = { APPROACH: "sorted-array", APPROACHES_PATH: EXAMPLE, DATA_DIR: data.path };
    let created: unknown;
    for (const start of ["first", "second"]) {
      await using service = startServiceProcess(env);
      const base = await service.listening();
      const get = async (id: string) => (await fetch(`${base}/users/${id}`)).json();
      assert.deepEqual(await get(user!.id), user, start);
      assert.equal(
        ((await (await fetch(`${base}/info`)).json()) as { approach: string }).approach,
        "sorted-array",
      );
      if (created !== undefined) assert.deepEqual(await get((created as { id: string }).id), created);
      const body = JSON.stringify({ name: "Ada", email: "ada@example.com" });
      const headers = { "content-type": "application/json" };
      created = await (await fetch(`${base}/users`, { method: "POST", body, headers })).json();
    }
  });

  test("with a file that is none ends a service in one line and exit code 2", async () => {
    await using service = startServiceProcess({
      APPROACH: "map",
      APPROACHES_PATH: folder.inFolder("none.ts"),
    });
    assert.deepEqual(await service.ended(), [2, null]);
    assert.match(service.stderr(), /^APPROACHES_PATH: [^\n]*none\.ts: there is no file [^\n]*\n$/);
  });

  test("adds to the approaches of the bench, by flag or variable", async () => {
    const list = (args: string[], env = {}) =>
      runCommand("bench.ts", ["--list", "--blocks", "1", "--workloads", "read", "--seed", "5", ...args], env);
    const { code, stdout, stderr } = await list(["--approaches-path", EXAMPLE]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\tsorted-array\tread$/m);
    assert.equal(stdout.trimEnd().split("\n").length, mainRows.length + 1);
    assert.equal((await list([], { APPROACHES_PATH: EXAMPLE })).stdout, stdout);
    const some = await list(["--approaches", "map,sorted-array"], { APPROACHES_PATH: EXAMPLE });
    assert.deepEqual(some.stdout.match(/map|sorted-array/g)?.sort(), ["map", "sorted-array"]);
    assert.match(some.stderr, new RegExp(`--approaches-path ${EXAMPLE} `));
  });

  test("with a file that is none is one clear line of the commands, and exit code 2", async () => {
    const none = folder.inFolder("none.ts");
    for (const command of ["bench.ts", "prepare-data.ts"]) {
      const { code, stdout, stderr } = await runCommand(command, ["--approaches-path", none]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.equal(stderr, `error: ${none}: there is no file ${none}\n`);
    }
    const unknown = await runCommand("bench.ts", ["--approaches", "my-store", "--approaches-path", EXAMPLE]);
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.stderr,
      /^error: --approaches: my-store is not among them; expected some of .*sorted-array\n$/,
    );
  });
});
