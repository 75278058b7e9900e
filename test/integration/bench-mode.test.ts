// Where `make bench` measures. The container's side is shown by the end-to-end tests, on a real engine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFolder } from "../helpers/folder.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/bench.sh", import.meta.url));

/** Runs the script where there is no docker command; `make` is a program that says how it was called. */
function choose(mode: string | undefined, variables: Readonly<Record<string, string>> = {}) {
  using folder = createFolder();
  for (const program of ["sh", "echo"]) symlinkSync(`/bin/${program}`, folder.inFolder(program));
  const env = { PATH: folder.path, MAKE: "echo", ...(mode !== undefined && { MODE: mode }), ...variables };
  const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

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
