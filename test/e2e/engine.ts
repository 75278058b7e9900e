// A Docker engine for the tests: the one that runs already or, on Linux as root, one of their own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const CACHE = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
/** Images and build cache stay here for the next time. */
const DATA_ROOT = join(CACHE, "do-you-need-a-database", "engine");
const LOG = join(CACHE, "do-you-need-a-database", "engine.log");
/** What the engine needs while it runs. The paths of the sockets in it must be short. */
const RUN_FOLDER = "/run/do-you-need-a-database";
const SOCKET = "/var/run/docker.sock";
const START_LIMIT_MS = 60_000;
/** Containers are gone by then; the engine itself takes a second or two. */
const STOP_LIMIT_MS = 30_000;
const LOG_TAIL_LINES = 20;

const run = promisify(execFile);

/**
 * Provides an engine to the `docker` of the PATH. One that had to be started ends on disposal, with all its containers,
 * and also when this process dies. Images and volumes are kept; so are, until the machine restarts, the engine's empty
 * bridge and its firewall rules.
 * @throws Error with the end of the engine's log when it does not start
 */
export async function openEngine(): Promise<AsyncDisposable & { readonly pid: number | undefined }> {
  if (await answers()) return { pid: undefined, async [Symbol.asyncDispose]() {} };
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new Error("no Docker engine answers: start one (the tests start their own on Linux as root only)");
  const engine = await startEngine();
  return { pid: engine.pid, [Symbol.asyncDispose]: () => stopEngine(engine) };
}

async function answers(): Promise<boolean> {
  return run("docker", ["info"]).then(
    () => true,
    () => false,
  );
}

async function startEngine(): Promise<ChildProcess> {
  for (const folder of [DATA_ROOT, RUN_FOLDER]) mkdirSync(folder, { recursive: true });
  const log = openSync(LOG, "w");
  // A session of its own: Ctrl-C reaches the tests alone, which still need the engine to clean up.
  const engine = spawn("setpriv", ["--pdeathsig", "TERM", "dockerd", ...options()], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  await once(engine, "spawn");

  const deadlineMs = performance.now() + START_LIMIT_MS;
  while (!(await answers())) {
    if (engine.exitCode === null && performance.now() < deadlineMs) await sleep(200);
    else {
      await stop(engine);
      const tail = readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
      throw new Error(`the Docker engine does not answer; the end of ${LOG}:\n${tail}`);
    }
  }
  return engine;
}

function options(): string[] {
  return [
    `--host=unix://${SOCKET}`,
    `--data-root=${DATA_ROOT}`,
    `--exec-root=${RUN_FOLDER}`,
    `--pidfile=${join(RUN_FOLDER, "docker.pid")}`,
    // 198.18.0.0/15 is reserved for benchmarks: no network that the machine is in has these addresses.
    "--bip=198.18.0.1/24",
    "--default-address-pool=base=198.19.0.0/16,size=24",
  ];
}

async function stopEngine(engine: ChildProcess): Promise<void> {
  try {
    await removeContainers();
  } finally {
    await stop(engine);
  }
}

/** The next engine would start those again that are to be restarted always. */
async function removeContainers(): Promise<void> {
  const { stdout } = await run("docker", ["ps", "--all", "--quiet"]);
  const containers = stdout.split("\n").filter((id) => id !== "");
  if (containers.length > 0) await run("docker", ["rm", "--force", ...containers]);
}

async function stop(engine: ChildProcess): Promise<void> {
  if (engine.exitCode === null && engine.signalCode === null) {
    const ended = once(engine, "exit");
    engine.kill("SIGTERM");
    const killer = setTimeout(() => engine.kill("SIGKILL"), STOP_LIMIT_MS);
    await ended;
    clearTimeout(killer);
  }
  rmSync(RUN_FOLDER, { recursive: true, force: true });
}
