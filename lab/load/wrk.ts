// wrk as a load generator: the lessons' own tool, and the one that needs least. Closed loads only.
//
// wrk stops with requests in flight and tells nothing of them. It looks at the status of an answer, not at its body: every
// body is checked while warming up, and none in the window.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startRandom } from "../../k6/lib/random.ts";
import { findAnswers, prepareRequest } from "../../k6/lib/requests.ts";
import { workloads } from "../../k6/lib/workloads.ts";
import { warmUp } from "./builtin.ts";
import type { Load, LoadGenerator, LoadReport, RunOptions } from "./generator.ts";
import { startGenerator } from "./generator-process.ts";
import { readStoredUsers } from "./stored-users.ts";
import { formatRequest } from "./wire.ts";
import { readWrkSummary } from "./wrk-summary.ts";

const SCRIPT = fileURLToPath(new URL("./wrk.lua", import.meta.url));
/** What the script says when it begins and ends. */
const MEASURING = "lab: measuring";
const MEASURED = "lab: measured";
/** Drawn before the load, and asked again and again: more than a service answers in a second. */
const PREPARED_REQUESTS = 100_000;
/** wrk knows whole seconds only. */
const SECOND_MS = 1_000;

/** Finds wrk on the PATH. Resolves to null when there is none. */
export async function findWrk(): Promise<LoadGenerator | null> {
  // It prints its version, then its usage, and ends with code 1.
  const { stdout } = await promisify(execFile)("wrk", ["-v"]).catch((error) => error);
  const version = /^wrk (\S+)/.exec(stdout ?? "")?.[1];
  if (version === undefined) return null;
  return {
    name: "wrk",
    version,
    minDurationMs: SECOND_MS,
    // One thread: the connections are divided among threads, and what is left over is not opened.
    usesManyCores: false,
    dropsUnfinished: true,
    // To wrk the right answer to a miss, 404, is an error.
    canMake: ({ workload, requestsPerSecond }) => workload !== "miss" && requestsPerSecond === undefined,
    countConnections: ({ connections }) => connections,
    run: runWrk,
  };
}

async function runWrk(load: Load, options: RunOptions): Promise<LoadReport> {
  await warmUp(load, options);
  const folder = mkdtempSync(join(tmpdir(), "lab-wrk-"));
  try {
    const files = { requests: join(folder, "requests"), summary: join(folder, "summary.json") };
    writeFileSync(files.requests, formatRequests(load));
    await options.beforeMeasuring();
    const durationMs = ceilToSecond(load.durationMs);
    // Nothing outlasts the load itself. wrk takes eight bytes of memory for every microsecond of the limit.
    const timeoutMs = Math.min(ceilToSecond(load.waitLimitMs), durationMs + SECOND_MS);
    const cpuShare = await runScript(load, files, { durationMs, timeoutMs }, options);
    const raw = readFileSync(files.summary, "utf8");
    const report = readWrkSummary(JSON.parse(raw), { connections: load.connections, timeoutMs });
    return { ...report, cpuMicros: cpuShare * report.windowMs * 1000, raw };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the requests as they go over the socket, with a zero byte between them. */
function formatRequests(load: Load): string {
  const random = startRandom(load.seed);
  const { next } = workloads[load.workload];
  const authority = `${load.host}:${load.port}`;
  const data = {
    ...load,
    answers: findAnswers(load.workload, load.dataSeed, load.size),
    userAt: readStoredUsers(load.usersFile),
  };
  const requests = Array.from({ length: PREPARED_REQUESTS }, () =>
    formatRequest(prepareRequest(next(random, load.size), data), authority),
  );
  return requests.join("\0");
}

function ceilToSecond(ms: number): number {
  return Math.ceil(ms / SECOND_MS) * SECOND_MS;
}

/** Runs wrk. Returns its CPU time over time, within the window. */
async function runScript(
  { host, port, connections }: Load,
  files: { readonly requests: string; readonly summary: string },
  limits: { readonly durationMs: number; readonly timeoutMs: number },
  options: RunOptions,
): Promise<number> {
  const duration = `--duration=${limits.durationMs / SECOND_MS}s`;
  const timeout = `--timeout=${limits.timeoutMs / SECOND_MS}s`;
  const args = ["--threads=1", `--connections=${connections}`, duration, timeout, `--script=${SCRIPT}`];
  const env = { LAB_REQUESTS: files.requests, LAB_SUMMARY: files.summary };
  await using wrk = startGenerator("wrk", [...args, `http://${host}:${port}/`], { ...options, env });
  await wrk.says(MEASURING);
  wrk.startSampling();
  await wrk.says(MEASURED);
  wrk.stopSampling();
  return await wrk.end();
}
