// k6 as a load generator: one k6 run per measured window, with the scripts of k6/workloads.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isChildRunning, startChild, stopChild } from "../targets/child.ts";
import { readCpuMicros } from "../targets/process-cpu.ts";
import { runBuiltin } from "./builtin.ts";
import type { Load, LoadGenerator, LoadReport, RunOptions } from "./generator.ts";

const WORKLOADS = fileURLToPath(new URL("../../k6/workloads/", import.meta.url));
/** k6 refuses a scenario that is shorter. */
const K6_MIN_DURATION_MS = 1_000;
/** How often k6's CPU time is read; after its end there is nothing to read any more. */
const CPU_SAMPLE_MS = 200;
/** What the scripts log once all virtual users are ready. */
const MEASURING = "lab: measuring";

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
      canMake: ({ requestsPerSecond }) => requestsPerSecond === undefined,
      run: runK6,
    };
  } catch {
    return null;
  }
}

async function runK6(load: Load, options: RunOptions): Promise<LoadReport> {
  // The service is warmed up by the builtin load: a k6 run has one summary, and it is to be of the window alone.
  const warmup = { ...load, connections: 1, durationMs: 0 };
  await runBuiltin({ load: warmup }, { ...options, beforeMeasuring: async () => {} });
  await options.beforeMeasuring();
  const folder = mkdtempSync(join(tmpdir(), "lab-k6-"));
  try {
    const summaryFile = join(folder, "summary.json");
    const cpuShare = await runScript(load, summaryFile, options);
    const raw = readFileSync(summaryFile, "utf8");
    const summary = readSummary(JSON.parse(raw) as K6Summary);
    return { ...summary, cpuMicros: cpuShare * summary.windowMs * 1000, raw };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the workload's script. Returns the CPU time of k6 over time, from the start of the window to the last sample. */
async function runScript(load: Load, summaryFile: string, options: RunOptions): Promise<number> {
  options.signal?.throwIfAborted();
  const script = join(WORKLOADS, `${load.workload}.ts`);
  const plain = ["run", "--quiet", "--no-usage-report", "--log-format", "raw"];
  const child = startChild("k6", [...plain, ...prometheusOutput(process.env, options.labels), script], {
    cpus: options.cpus,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...scriptSettings(load, summaryFile) },
  });
  let log = "";
  const samples: CpuSample[] = [];
  const sample = () => {
    if (isChildRunning(child)) samples.push(...sampleCpu(child.pid as number));
  };
  const sampler = setInterval(() => {
    if (samples.length > 0) sample();
  }, CPU_SAMPLE_MS);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    if (samples.length === 0 && log.includes(MEASURING)) sample();
  });
  const stop = () => void stopChild(child);
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const [code] = await once(child, "close");
    options.signal?.throwIfAborted();
    if (code !== 0) throw new Error(`k6 ended with code ${code}: ${log.trim()}`);
    const [first, last] = [samples[0], samples.at(-1)];
    if (first === undefined || last === undefined || first === last)
      throw new Error(`k6 did not say that it measures: ${log.trim()}`);
    return (last.cpuMicros - first.cpuMicros) / 1000 / (last.atMs - first.atMs);
  } finally {
    clearInterval(sampler);
    options.signal?.removeEventListener("abort", stop);
    await stopChild(child);
  }
}

interface CpuSample {
  readonly atMs: number;
  readonly cpuMicros: number;
}

/** Returns nothing for a process that has just ended. */
function sampleCpu(pid: number): CpuSample[] {
  try {
    return [{ atMs: performance.now(), cpuMicros: readCpuMicros(pid) }];
  } catch {
    return [];
  }
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
    CONNECTIONS: String(load.connections),
    DURATION_MS: String(load.durationMs),
    WAIT_LIMIT_MS: String(load.waitLimitMs),
    SUMMARY_FILE: summaryFile,
    K6_AUTO_EXTENSION_RESOLUTION: "false",
    K6_PROMETHEUS_RW_PUSH_INTERVAL: "1s",
    // Without them percentiles are cumulative since the start and cannot be aggregated.
    K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: "true",
    K6_PROMETHEUS_RW_STALE_MARKERS: "true",
  };
}

/** Reads k6's summary of a closed load. */
export function readSummary({ state, metrics }: K6Summary): Omit<LoadReport, "cpuMicros" | "raw"> {
  const count = (name: string) => metrics[name]?.values.count ?? 0;
  const duration = metrics.http_req_duration?.values ?? {};
  const wrong = { "wrong status": count("lab_wrong_status"), "wrong body": count("lab_wrong_body") };
  const unfinished = count("lab_unfinished");
  const errorCount = wrong["wrong status"] + wrong["wrong body"];
  return {
    requests: count("http_reqs") - errorCount - unfinished,
    errors: Object.fromEntries(Object.entries(wrong).filter(([, n]) => n > 0)),
    unfinished,
    droppedIterations: count("dropped_iterations"),
    windowMs: state.testRunDurationMs,
    latencyMs: {
      mean: duration.avg ?? 0,
      p50: duration.med ?? 0,
      p90: duration["p(90)"] ?? 0,
      p99: duration["p(99)"] ?? 0,
      p999: duration["p(99.9)"] ?? 0,
      max: duration.max ?? 0,
    },
  };
}
