// k6 as a load generator: one k6 run per measured window, with the scripts of k6/workloads.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { warmUp } from "./builtin.ts";
import type { LatencyMs, Load, LoadGenerator, LoadReport, RunOptions } from "./generator.ts";
import { startGenerator } from "./generator-process.ts";

const WORKLOADS = fileURLToPath(new URL("../../k6/workloads/", import.meta.url));
/** k6 refuses a scenario that is shorter. */
const K6_MIN_DURATION_MS = 1_000;
/** What the scripts log once all virtual users are ready. */
const READY = "lab: ready";
/** Before an open load its virtual users open their connections, and then what the service has used so far is read. k6
 * begins a scenario at a time that is fixed before, so both have a time of their own, of which k6's shortest is a second. */
const CONNECT_MS = 1_000;
const READ_MS = 1_000;
/** How long an open load goes on as it is while no answer comes. */
const STALL_SECONDS = 1;
/** A virtual user is a connection, and takes a third of a megabyte. More connections would be another load. */
const MAX_OPEN_VUS = 300;

/** Requests per second of an open load. One takes k6 about 330 µs of CPU time at a thousand a second
 * (docs/decisions/0010-open-load.md), so that 80 % of a core make 2,400; at 2,700 some trials dropped requests. */
const MAX_OPEN_RATE = 2_000;

/** The parts of k6's summary that are used here. */
export interface K6Summary {
  readonly state: { readonly testRunDurationMs: number };
  readonly metrics: Readonly<
    Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>
  >;
}

/** Finds k6 on the PATH. Resolves to null when there is none. */
export async function findK6(): Promise<LoadGenerator | null> {
  try {
    const { stdout } = await promisify(execFile)("k6", ["version"]);
    const version = /v[\d.]+/.exec(stdout)?.[0] ?? stdout.trim();
    return {
      name: "k6",
      version,
      minDurationMs: K6_MIN_DURATION_MS,
      usesManyCores: true,
      dropsUnfinished: false,
      canMake: ({ requestsPerSecond = 0 }) => requestsPerSecond <= MAX_OPEN_RATE,
      countConnections: countVus,
      run: runK6,
    };
  } catch {
    return null;
  }
}

async function runK6(load: Load, options: RunOptions): Promise<LoadReport> {
  // A k6 run has one summary, and it is to be of the window alone.
  await warmUp(load, options);
  const folder = mkdtempSync(join(tmpdir(), "lab-k6-"));
  try {
    const summaryFile = join(folder, "summary.json");
    const cpuShare = await runScript(load, summaryFile, options);
    const raw = readFileSync(summaryFile, "utf8");
    const summary = readSummary(JSON.parse(raw) as K6Summary, load);
    return { ...summary, cpuMicros: cpuShare * summary.windowMs * 1000, raw };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the workload's script. Returns the CPU time of k6 over time, from the start of the window to the last sample. */
async function runScript(load: Load, summaryFile: string, options: RunOptions): Promise<number> {
  const isOpen = load.requestsPerSecond !== undefined;
  if (!isOpen) await options.beforeMeasuring();
  const script = join(WORKLOADS, `${load.workload}.ts`);
  const plain = ["run", "--quiet", "--no-usage-report", "--log-format", "raw"];
  const args = [...plain, ...prometheusOutput(process.env, options.labels), script];
  await using k6 = startGenerator("k6", args, { ...options, env: scriptSettings(load, summaryFile) });
  await k6.says(READY);
  if (isOpen) await waitForWindow(options);
  k6.startSampling();
  return await k6.end();
}

/** Waits for the window of an open load while k6 opens its connections. */
async function waitForWindow({ beforeMeasuring }: RunOptions): Promise<void> {
  const windowAtMs = performance.now() + CONNECT_MS + READ_MS;
  await sleep(CONNECT_MS);
  await beforeMeasuring();
  const leftMs = windowAtMs - performance.now();
  if (leftMs < 0)
    throw new Error(
      `reading what the service had used took ${-Math.round(leftMs)} ms too long for k6's open load`,
    );
  await sleep(leftMs);
}

/** Returns how many virtual users k6 has: as many as connections in a closed load. In an open one as many as requests
 * are due while a service stalls for a second, for k6 drops what finds none free; within bounds. */
export function countVus({
  connections,
  requestsPerSecond,
}: Pick<Load, "connections" | "requestsPerSecond">) {
  if (requestsPerSecond === undefined) return connections;
  return Math.max(connections, Math.min(MAX_OPEN_VUS, Math.ceil(requestsPerSecond * STALL_SECONDS)));
}

/** Sends k6's samples to Prometheus, where the variable that k6 itself reads says to which. */
export function prometheusOutput(env: NodeJS.ProcessEnv, labels: RunOptions["labels"] = {}): string[] {
  if (!env.K6_PROMETHEUS_RW_SERVER_URL) return [];
  const tags = Object.entries(labels).flatMap(([name, value]) => ["--tag", `${name}=${value}`]);
  return ["--out", "experimental-prometheus-rw", ...tags];
}

function scriptSettings(load: Load, summaryFile: string): Record<string, string> {
  return {
    BASE_URL: `http://${load.host}:${load.port}`,
    SIZE: String(load.size),
    DATA_SEED: String(load.dataSeed),
    SEED: String(load.seed),
    STORES_USERS: String(load.storesUsers),
    ...(load.usersFile !== undefined && { USERS_FILE: resolve(load.usersFile) }),
    VUS: String(countVus(load)),
    DURATION_MS: String(load.durationMs),
    WAIT_LIMIT_MS: String(load.waitLimitMs),
    SUMMARY_FILE: summaryFile,
    ...(load.requestsPerSecond !== undefined && {
      REQUESTS_PER_SECOND: String(load.requestsPerSecond),
      CONNECT_MS: String(CONNECT_MS),
      OPEN_AFTER_MS: String(CONNECT_MS + READ_MS),
    }),
    K6_AUTO_EXTENSION_RESOLUTION: "false",
    K6_PROMETHEUS_RW_PUSH_INTERVAL: "1s",
    // Without them percentiles are cumulative since the start and cannot be aggregated.
    K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: "true",
    K6_PROMETHEUS_RW_STALE_MARKERS: "true",
  };
}

/** Reads k6's summary. Of an open load it has metrics of its own, because k6's count the opening of connections. */
export function readSummary(
  { state, metrics }: K6Summary,
  { requestsPerSecond, durationMs }: Pick<Load, "requestsPerSecond" | "durationMs">,
): Omit<LoadReport, "cpuMicros" | "raw"> {
  const isOpen = requestsPerSecond !== undefined;
  const count = (name: string) => metrics[name]?.values.count ?? 0;
  const trend = isOpen ? "lab_latency" : "http_req_duration";
  const wrong = { "wrong status": count("lab_wrong_status"), "wrong body": count("lab_wrong_body") };
  const unfinished = count("lab_unfinished");
  const errorCount = wrong["wrong status"] + wrong["wrong body"];
  return {
    requests: count(trend) - errorCount - unfinished,
    errors: Object.fromEntries(Object.entries(wrong).filter(([, n]) => n > 0)),
    unfinished,
    droppedIterations: count("dropped_iterations"),
    windowMs: isOpen ? Math.max(durationMs, metrics.lab_answered?.values.max ?? 0) : state.testRunDurationMs,
    latencyMs: readTrend(metrics[trend]),
    ...(isOpen && { latenessMs: readTrend(metrics.lab_lateness) }),
  };
}

function readTrend(metric: K6Summary["metrics"][string]): LatencyMs {
  const values = metric?.values ?? {};
  return {
    mean: values.avg ?? 0,
    p50: values.med ?? 0,
    p90: values["p(90)"] ?? 0,
    p99: values["p(99)"] ?? 0,
    p999: values["p(99.9)"] ?? 0,
    max: values.max ?? 0,
  };
}
