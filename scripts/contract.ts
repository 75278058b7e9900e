// Asks approaches in files of their own for everything that ours must do as well.
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { loadFiles } from "./options.ts";
import { runCommand } from "./run-command.ts";

const TESTS = fileURLToPath(new URL("../test/contract/own-approaches.ts", import.meta.url));
/** What is promised is checked within seconds, also on a slow disk; what takes longer never ends. */
const TEST_LIMIT_MS = 30_000;

const command = new Command("contract")
  .description(
    "Check that approaches of your own do what all approaches must: find, store and keep users, and answer HTTP.\n" +
      "docs/OWN-APPROACH.md says how to write one. The exit code is 1 when a promise is broken, 2 for a file that is none.",
  )
  .argument("<files...>", "one file per approach, such as ./my-store.ts");

await runCommand(command, async (signal) => {
  const files = command.args;
  await loadFiles(files);
  const { tests, broken } = await check(files, signal);
  signal.throwIfAborted();
  if (tests === 0) throw new Error("not run: no test was found");
  if (broken.length > 0)
    throw new Error(
      `broken promises, ${broken.length} of ${tests}:\n${broken.map((name) => `  ${name}`).join("\n")}`,
    );
  console.log(`${files.join(", ")}: all ${tests} promises are kept`);
});

/** Runs the tests over the files in a process of its own, and shows them.
 * @returns how many there were, and the names of those that failed, from the approach down */
async function check(files: readonly string[], signal: AbortSignal) {
  const events = run({
    files: [TESTS],
    argv: files,
    timeout: TEST_LIMIT_MS,
    // A store may leave something open that would keep the process from ending.
    execArgv: ["--test-force-exit"],
    signal,
  });
  const broken: string[] = [];
  const path: string[] = [];
  let tests = 0;
  events.on("test:start", ({ name, nesting }) => {
    path[nesting] = name;
  });
  events.on("test:fail", ({ name, nesting, details: { error } }) => {
    if ("failureType" in error && error.failureType === "subtestsFailed") return;
    broken.push([...path.slice(0, nesting), name].join(": "));
  });
  events.on("test:summary", ({ counts }) => {
    tests = counts.tests;
  });
  for await (const text of events.compose(new spec())) process.stdout.write(text);
  return { tests, broken };
}
