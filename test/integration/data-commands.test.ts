// The commands seed, build-index and import-jsonl, run as a user runs them.
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";

const SCRIPTS = join(import.meta.dirname, "../../scripts");

function createFolder() {
  const path = mkdtempSync(join(tmpdir(), "data-commands-"));
  return {
    path,
    names: () => readdirSync(path).sort(),
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** Runs one command with `cwd` as current folder. */
function run(cwd: string, script: string, ...args: string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [join(SCRIPTS, script), ...args], { cwd }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test("seed, build-index and import-jsonl work in the current folder with the lessons' arguments", async () => {
  using folder = createFolder();
  assert.deepEqual(await run(folder.path, "seed.ts", "10000", "users.jsonl"), {
    code: 0,
    stdout: "seeded 10000 users\n",
    stderr: "",
  });
  assert.equal(JSON.parse(readFileSync(join(folder.path, "ids.json"), "utf8")).length, 10_000);
  assert.deepEqual(await run(folder.path, "build-index.ts"), {
    code: 0,
    stdout: "indexed 10000 records\n",
    stderr: "",
  });
  assert.equal(statSync(join(folder.path, "users.idx")).size, 580_000);
  for (const args of [[], ["users.jsonl"]])
    assert.deepEqual(await run(folder.path, "import-jsonl.ts", ...args), {
      code: 0,
      stdout: "imported 10000 users\n",
      stderr: "",
    });
  assert.deepEqual(folder.names(), ["ids.json", "users.db", "users.idx", "users.jsonl"]);
});

test("the commands put their files beside the data file, wherever they are run", async () => {
  using folder = createFolder();
  const file = join(folder.path, "people.jsonl");
  await run(tmpdir(), "seed.ts", "1k", file, "--seed", "7");
  await run("/", "build-index.ts", file);
  await run("/", "import-jsonl.ts", file);
  await run(folder.path, "import-jsonl.ts", "--db", "other.db", "people.jsonl");
  assert.deepEqual(folder.names(), ["ids.json", "other.db", "people.jsonl", "users.db", "users.idx"]);
});

test("seed says under which name it kept what was there before", async () => {
  using folder = createFolder();
  writeFileSync(join(folder.path, "users.jsonl"), "precious");
  const { code, stderr } = await run(folder.path, "seed.ts", "1");
  assert.deepEqual([code, stderr], [0, "kept the file that was there before as users.jsonl.bak-1\n"]);
});

test("what is left out is told on stderr; stdout has the result only", async () => {
  using folder = createFolder();
  const line = (id: string) => `${JSON.stringify({ id, name: "", email: "", created_at: "" })}\n`;
  writeFileSync(join(folder.path, "users.jsonl"), `${line("b")}${line("a")}${line("b")}{"id`);
  const imported = await run(folder.path, "import-jsonl.ts");
  assert.equal(imported.stdout, "imported 3 users\n");
  assert.equal(imported.stderr, "users.jsonl, byte 144: left out a torn last line of 4 bytes\n");
  const indexed = await run(folder.path, "build-index.ts");
  assert.equal(indexed.stdout, "indexed 2 records\n");
  assert.match(indexed.stderr, /^left out, because a record with the same id stands before them: 1$/m);
  assert.match(indexed.stderr, /users.jsonl, byte 144: .* 4 bytes, kept in users.jsonl.torn-1\n$/);
});

test("a failure is one line on stderr and exit code 1", async () => {
  using folder = createFolder();
  writeFileSync(join(folder.path, "bad.jsonl"), "{}\n");
  for (const script of ["build-index.ts", "import-jsonl.ts"]) {
    assert.deepEqual(await run(folder.path, script), {
      code: 1,
      stdout: "",
      stderr: "error: users.jsonl: no such file\n",
    });
    assert.deepEqual(await run(folder.path, script, "bad.jsonl"), {
      code: 1,
      stdout: "",
      stderr: 'error: bad.jsonl, line 1, byte 0: expected a string in "id"\n',
    });
  }
  assert.deepEqual(folder.names(), ["bad.jsonl"]);
});

test("wrong arguments are one line that names argument, value and what was expected, and exit code 2", async () => {
  using folder = createFolder();
  const wrong = [
    { args: ["seed.ts", "many"], message: /'many'.*'N'.*expected a whole number/ },
    { args: ["seed.ts", "0"], message: /'0'.*'N'.*expected a whole number/ },
    { args: ["seed.ts", "1", "--seed", "x"], message: /--seed.*'x'.*expected a whole number/ },
    { args: ["build-index.ts", "a", "b"], message: /too many arguments/ },
    { args: ["import-jsonl.ts", "--foo"], message: /unknown option '--foo'/ },
  ] as const;
  for (const { args, message } of wrong) {
    const { code, stdout, stderr } = await run(folder.path, ...(args as unknown as [string]));
    assert.deepEqual([code, stdout, stderr.split("\n").length], [2, "", 2]);
    assert.match(stderr, message);
  }
  assert.deepEqual(folder.names(), []);
});

test("every command explains itself", async () => {
  for (const script of ["seed.ts", "build-index.ts", "import-jsonl.ts", "bench-data.ts"]) {
    const { code, stdout } = await run(tmpdir(), script, "--help");
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: /);
  }
});

test("a signal in the middle of the work leaves no temporary files", async () => {
  using folder = createFolder();
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const seed = spawn(process.execPath, [join(SCRIPTS, "seed.ts"), "20M"], {
      cwd: folder.path,
      stdio: "ignore",
    });
    await untilTemporaryFiles(folder.names, seed);
    seed.kill(signal);
    assert.deepEqual(await once(seed, "exit"), [code, null]);
    assert.deepEqual(folder.names(), []);
  }
});

test("what a killed run has left is removed by the next, which says so, and nothing of one that still runs", async () => {
  using folder = createFolder();
  // The second of the two folders in which it makes its files has a file: both have their locks.
  const listWork = () =>
    readdirSync(folder.path, { recursive: true, encoding: "utf8" }).filter((name) =>
      /tmp-.*\/ids\.json$/.test(name),
    );
  async function startSeed() {
    const child = spawn(process.execPath, [join(SCRIPTS, "seed.ts"), "20M"], {
      cwd: folder.path,
      stdio: "ignore",
    });
    await untilTemporaryFiles(listWork, child);
    return child;
  }
  const killed = await startSeed();
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const left = folder.names();
  assert.equal(left.length, 2);

  const { code, stderr } = await run(folder.path, "seed.ts", "10");
  assert.equal(code, 0);
  for (const name of left) assert.ok(stderr.includes(`/${name}, left by a run that was killed\n`), stderr);
  assert.deepEqual(folder.names(), ["ids.json", "users.jsonl"]);

  const running = await startSeed();
  assert.deepEqual(await run(folder.path, "seed.ts", "10"), {
    code: 0,
    stdout: "seeded 10 users\n",
    stderr:
      "kept the file that was there before as users.jsonl.bak-1\nkept the file that was there before as ids.json.bak-1\n",
  });
  assert.equal(listWork().length, 1);
  running.kill("SIGTERM");
  assert.deepEqual(await once(running, "exit"), [143, null]);
});

test("folders of a like name that no run has made are left alone", async () => {
  using folder = createFolder();
  const strangers = [".users.jsonl.tmp-mine", ".users.jsonl.tmp-12-abcdef"];
  for (const name of strangers) {
    mkdirSync(join(folder.path, name));
    writeFileSync(join(folder.path, name, "notes"), "precious");
  }
  assert.equal((await run(folder.path, "seed.ts", "10")).code, 0);
  for (const name of strangers) assert.deepEqual(readdirSync(join(folder.path, name)), ["notes"]);
});

async function untilTemporaryFiles(names: () => string[], child: ChildProcess): Promise<void> {
  while (names().length === 0) {
    assert.equal(child.exitCode, null, "the command ended before it was stopped");
    await setTimeout(10);
  }
}
