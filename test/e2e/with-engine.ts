#!/usr/bin/env node
// Runs a command with a Docker engine: with-engine.ts COMMAND [ARGUMENT...]. Its exit code is the command's.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { openEngine } from "./engine.ts";

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  console.error("usage: test/e2e/with-engine.ts COMMAND [ARGUMENT...]");
  process.exit(2);
}

let command: ChildProcess | undefined;
let stopSignal: NodeJS.Signals | undefined;
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    stopSignal = signal;
    // Ctrl-C in a terminal has reached the command already; what does not stop at a second one is wrong anyway.
    command?.kill(signal);
  });

try {
  await using _engine = await openEngine();
  if (stopSignal === undefined) {
    command = spawn(program, args, { stdio: "inherit" });
    const [code, signal] = (await once(command, "exit")) as [number | null, NodeJS.Signals | null];
    process.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];
  } else process.exitCode = 128 + constants.signals[stopSignal];
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
