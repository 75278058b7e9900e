import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { canPin, startChild, stopChild } from "../../lab/targets/child.ts";
import { readAllowedCores } from "../../lab/targets/placement.ts";

const CHILD = fileURLToPath(new URL("../../lab/targets/child.ts", import.meta.url));
const FOREVER = "setInterval(() => {}, 1000); console.log('up')";

async function startForever(cpus?: readonly number[]) {
  const child = startChild(process.execPath, ["-e", FOREVER], { cpus, stdio: ["ignore", "pipe", "ignore"] });
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  return child;
}

test("a child is asked to end, and waited for", async () => {
  const child = await startForever();
  await stopChild(child);
  assert.equal(child.signalCode, "SIGTERM");
  await stopChild(child);
});

test("what a child has started and left behind ends with it", { timeout: 20_000 }, async () => {
  const child = startChild("sh", ["-c", "sleep 1000 & echo up; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.ok(child.stdout);
  await once(child.stdout, "data");
  // Its stdout is at its end only when nobody holds it any more.
  const closed = once(child, "close");
  await stopChild(child);
  await closed;
});

test("a child is bound to its cores", {
  skip: canPin() ? false : "not run: there is no taskset here",
}, async () => {
  const core = readAllowedCores().at(-1) as number;
  const child = await startForever([core]);
  const status = readFileSync(`/proc/${child.pid}/status`, "latin1");
  await stopChild(child);
  assert.match(status, new RegExp(`^Cpus_allowed_list:\\s*${core}$`, "m"));
});

test("a program that does not exist is an error, not a wait", async () => {
  const child = startChild("no-such-program", [], { stdio: "ignore" });
  await assert.rejects(once(child, "close"), { code: "ENOENT" });
  await stopChild(child);
});

test("children do not outlive the process that started them", async () => {
  // The child holds its starter's stdout, which is at its end only when both are gone.
  const script = `
    import { startChild } from ${JSON.stringify(CHILD)};
    startChild(process.execPath, ["-e", ${JSON.stringify(FOREVER)}], { stdio: ["ignore", "inherit", "ignore"] });
    setTimeout(() => { throw new Error("a failure nobody has foreseen"); }, 300);`;
  const starter = ["--input-type=module", "-e", script];
  const running = promisify(execFile)(process.execPath, starter, { timeout: 20_000 });
  await assert.rejects(running, { code: 1, killed: false, stdout: "up\n" });
});
