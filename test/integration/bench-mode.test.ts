// Where `make bench` and `make lesson` measure. The container's side is shown by the end-to-end tests, on a real engine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFolder } from "../helpers/folder.ts";

/** Runs a command's script where there is no docker command; `make` is a program that says how it was called. */
function run(
  script: string,
  mode: string | undefined,
  {
    args = [],
    programs = [],
    variables = {},
  }: {
    args?: readonly string[];
    programs?: readonly string[];
    variables?: Readonly<Record<string, string>>;
  } = {},
) {
  using folder = createFolder();
  for (const program of ["sh", "echo"]) symlinkSync(`/bin/${program}`, folder.inFolder(program));
  for (const program of programs) symlinkSync("/bin/true", folder.inFolder(program));
  const env = { PATH: folder.path, MAKE: "echo", ...(mode !== undefined && { MODE: mode }), ...variables };
  const path = fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync("/bin/sh", [path, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

const choose = (mode: string | undefined, variables: Readonly<Record<string, string>> = {}) =>
  run("measure.sh", mode, { args: ["bench"], variables });

describe("make bench", () => {
  for (const mode of [undefined, "auto"]) {
    test(`measures as processes where there is no Docker, and says so (MODE=${mode})`, () => {
      const { status, stdout, stderr } = choose(mode);
      assert.equal(stdout, "--no-print-directory bench-native\n");
      assert.equal(stderr, "bench: services as processes, because there is no docker command\n");
      assert.equal(status, 0);
    });
  }

  test("measures as processes when it is told to", () => {
    const { stdout, stderr } = choose("native");
    assert.equal(stdout, "--no-print-directory bench-native\n");
    assert.equal(stderr, "bench: services as processes, because MODE=native\n");
  });

  test("does not measure as processes what was to be measured in containers", () => {
    const outcome = choose("docker");
    const stderr = "error: MODE=docker: there is no docker command\n";
    assert.deepEqual(outcome, { status: 2, stdout: "", stderr });
  });

  test("measures approaches of one's own as processes, and says so", () => {
    const { status, stdout, stderr } = choose("auto", { APPROACHES_PATH: "./my-store.ts" });
    const reason = "APPROACHES_PATH names a file of yours, which no container has";
    assert.equal(stdout, "--no-print-directory bench-native\n");
    assert.equal(stderr, `bench: services as processes, because ${reason}\n`);
    assert.equal(status, 0);
    const refused = choose("docker", { APPROACHES_PATH: "./my-store.ts" });
    assert.deepEqual(refused, { status: 2, stdout: "", stderr: `error: MODE=docker: ${reason}\n` });
    assert.match(choose("auto", { APPROACHES_PATH: "" }).stderr, /because there is no docker command/);
  });

  test("refuses a mode that there is not", () => {
    const outcome = choose("podman");
    const stderr = "error: MODE=podman is wrong; expected auto, native or docker\n";
    assert.deepEqual(outcome, { status: 2, stdout: "", stderr });
  });
});

describe("make lesson", () => {
  const runLesson = (mode: string | undefined, programs: readonly string[] = []) =>
    run("as-processes.sh", mode, { args: ["lesson"], programs });

  for (const mode of [undefined, "auto", "native"]) {
    test(`measures as processes where there is npm (MODE=${mode})`, () => {
      const outcome = runLesson(mode, ["npm"]);
      assert.deepEqual(outcome, { status: 0, stdout: "--no-print-directory lesson-native\n", stderr: "" });
    });
  }

  test("wants a container where there is no npm, or when it is told to, and says what is missing", () => {
    const outcome = runLesson("auto");
    assert.equal(outcome.status, 2);
    assert.match(outcome.stderr, /^error: there is no npm here: there is no docker command$/m);
    const told = runLesson("docker", ["npm"]);
    assert.equal(told.status, 2);
    assert.match(told.stderr, /^error: MODE=docker: there is no docker command$/m);
  });

  test("refuses a mode that there is not", () => {
    const outcome = runLesson("podman");
    const stderr = "error: MODE=podman is wrong; expected auto, native or docker\n";
    assert.deepEqual(outcome, { status: 2, stdout: "", stderr });
  });
});
