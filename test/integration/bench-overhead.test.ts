import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommand } from "../helpers/command.ts";
import { createFolder } from "../helpers/folder.ts";

const skip = process.platform === "linux" ? false : "not run: only Linux has /proc";

test("bench:overhead compares services with their controls", { skip }, async () => {
  using folder = createFolder();
  const pairs = ["map", "linear", "sqlite", "binary", "postgres", "observing"];
  const args = ["--size", "200", "--pairs", pairs.join(","), "--rounds", "1", "--data", folder.path];
  const { code, stdout, stderr } = await runCommand("bench-overhead.ts", [
    ...args,
    "--duration",
    "300ms",
    "--warmup",
    "50ms",
  ]);
  assert.equal(code, 0, stderr);
  for (const pair of pairs) {
    const [, micros, controlMicros, ratio] =
      new RegExp(`^\\| ${pair} +\\| +([\\d.]+) \\| +([\\d.]+) \\| +([\\d.]+) \\|`, "m").exec(stdout) ?? [];
    assert.ok(Number(micros) > 0 && Number(controlMicros) > 0, stdout);
    assert.ok(Math.abs(Number(controlMicros) / Number(micros) - Number(ratio)) < 0.01, stdout);
  }
});
