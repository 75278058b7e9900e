import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SCRIPTS = fileURLToPath(new URL("../../scripts/", import.meta.url));

export interface CommandOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when stderr has this text; rejects when the command ends without it. */
  readonly said: (text: string) => Promise<void>;
  readonly ended: Promise<CommandOutcome>;
}

/** Variables that set options, and the one by which tests know that they are run by others. */
const NOT_INHERITED = [
  "SIZE",
  "DATA",
  "KEY",
  "SEED",
  "GENERATOR",
  "RUN",
  "APPROACHES",
  "APPROACHES_PATH",
  "FULL",
  "ONLY",
  "DURABILITY",
  "OUT",
  "NODE_TEST_CONTEXT",
];

/** Starts one of the lab's commands as a user does, who has set no variables but these. Nothing is counted, which takes
 * longer than these tests, unless a test wants it. */
export function startCommand(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningCommand {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !NOT_INHERITED.includes(name)),
  );
  const child = spawn(process.execPath, [`${SCRIPTS}${script}`, ...args], {
    env: { ...inherited, COUNTS: "no", ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code, stdout, stderr }));
  const said = async (text: string) => {
    while (!stderr.includes(text)) {
      const outcome = await Promise.race([ended, once(child.stderr, "data")]);
      if ("code" in outcome && !stderr.includes(text)) throw new Error(`it ended without ${text}: ${stderr}`);
    }
  };
  return { child, said, ended };
}

/** Runs one of the lab's commands to its end. */
export function runCommand(
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  return startCommand(script, args, env).ended;
}
