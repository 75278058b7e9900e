// The lab as containers, for the tests: a copy of the project, under a name and on ports of its own, so that nobody's
// lab on the same machine is touched.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findFreePort } from "../../lab/targets/free-port.ts";
import type { CommandOutcome } from "../helpers/command.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
export const NAME = "lab-end-to-end";
const SOCKET = "/var/run/docker.sock";
/** From which the copy says it was made: it has no history. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
/** Whom the project's copy belongs to, when the tests run as root: root's own results would prove nothing. */
const CALLER_UID = 1234;

export const PORT_VARIABLES = [
  "BASELINE_PORT",
  "LINEAR_PORT",
  "MAP_PORT",
  "BINARY_PORT",
  "SQLITE_PORT",
  "POSTGRES_PORT",
  "LINEAR_2_PORT",
  "MAP_2_PORT",
  "SQLITE_2_PORT",
  "POSTGRES_2_PORT",
  "PROMETHEUS_PORT",
  "GRAFANA_PORT",
] as const;
export type PortVariable = (typeof PORT_VARIABLES)[number];

export interface Lab {
  readonly folder: string;
  /** Who calls its commands. */
  readonly uid: number;
  /** Base address of what is published on a port. */
  readonly urlOf: (variable: PortVariable) => string;
  readonly start: (program: string, args: readonly string[], env?: Record<string, string>) => ChildProcess;
  /** Runs a program in the project's folder to its end. */
  readonly run: (
    program: string,
    args: readonly string[],
    env?: Record<string, string>,
  ) => Promise<CommandOutcome>;
  readonly compose: (...args: string[]) => Promise<CommandOutcome>;
  readonly remove: () => Promise<void>;
}

/** Whether a Docker engine and Compose v2 answer. */
export async function hasEngine(): Promise<boolean> {
  const run = promisify(execFile);
  return Promise.all([run("docker", ["info"]), run("docker", ["compose", "version"])]).then(
    () => true,
    () => false,
  );
}

export async function copyLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "lab-end-to-end-"));
  await copyProject(folder);
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? CALLER_UID : (process.getuid?.() ?? 0);
  // Whoever is of the socket's group may use the engine.
  const caller = isRoot ? { uid, gid: statSync(SOCKET).gid } : {};
  if (isRoot) giveTo(folder, uid, statSync(SOCKET).gid);

  const ports: Partial<Record<PortVariable, string>> = {};
  for (const variable of PORT_VARIABLES) ports[variable] = String(await findFreePort());
  const environment = {
    ...process.env,
    ...ports,
    ...(isRoot && { HOME: folder }),
    COMPOSE_PROJECT_NAME: NAME,
    K6_DURATION: "1s",
    LAB_COMMIT: `${COMMIT}-dirty`,
  };

  const start: Lab["start"] = (program, args, env = {}) =>
    spawn(program, args, { cwd: folder, env: { ...environment, ...env }, detached: true, ...caller });
  const run: Lab["run"] = async (program, args, env) => {
    const child = start(program, args, env);
    child.stdin?.end();
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  };
  const compose: Lab["compose"] = (...args) => run("docker", ["compose", ...args]);
  return {
    folder,
    uid,
    urlOf: (variable) => `http://127.0.0.1:${ports[variable]}`,
    start,
    run,
    compose,
    async remove() {
      await compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--rmi", "local");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies what git knows, changed or not. */
async function copyProject(folder: string): Promise<void> {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { stdout } = await promisify(execFile)("git", list, { cwd: PROJECT, maxBuffer: 1e8 });
  for (const file of stdout.split("\0").filter(Boolean)) cpSync(join(PROJECT, file), join(folder, file));
}

function giveTo(path: string, uid: number, gid: number): void {
  chownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(join(path, name), uid, gid);
}
