// Measures the approaches against each other on this machine.
import { join } from "node:path";
import { builtin } from "../lab/load/builtin.ts";
import type { LoadGenerator } from "../lab/load/generator.ts";
import { findK6 } from "../lab/load/k6.ts";
import { serveLiveMetrics } from "../lab/measure/live-metrics.ts";
import type { Measurement } from "../lab/measure/measurement.ts";
import { readResults, replaceText } from "../lab/measure/results.ts";
import { listTrials, type RunPlan, RunStopped, runBench } from "../lab/measure/run.ts";
import { formatCount, formatMicros, formatMs, formatWait } from "../lab/report/format.ts";
import { renderCaveats, renderReport, renderWorkloads } from "../lab/report/report.ts";
import { canPin } from "../lab/targets/child.ts";
import { openComposeTarget } from "../lab/targets/compose-target.ts";
import { needDatabase, openDatabaseFor } from "../lab/targets/database-for.ts";
import { connectEngine } from "../lab/targets/engine.ts";
import { openNativeTarget } from "../lab/targets/native-target.ts";
import type { Target } from "../lab/targets/target.ts";
import { approaches } from "../services/approaches/index.ts";
import { type BenchOptions, benchCommand, toPlan } from "./bench-options.ts";
import { runCommand, UsageError } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

/** Of a trial, beside its window and its warm-up: processes start and stop. For the first estimate only. */
const TRIAL_OVERHEAD_MS = 1_000;
const ENGINE_SOCKET = "/var/run/docker.sock";

await runCommand(benchCommand, async (signal) => {
  const options = benchCommand.opts<BenchOptions>();
  const plan = toPlan(options);
  const trials = listTrials(plan);
  if (trials.length === 0)
    throw new UsageError("none of these approaches can be asked any of these workloads");
  if (options.list) {
    console.error(plan.command);
    for (const [index, { block, approach, workload }] of trials.entries()) {
      console.log(`${index + 1}\tblock ${block}\t${approach}\t${workload}`);
    }
    return;
  }
  const generator = await findGenerator(options.generator);
  if (plan.durationMs < generator.minDurationMs)
    throw new UsageError(`--duration: ${generator.name} needs at least ${formatMs(generator.minDurationMs)}`);
  await bench(plan, options, generator, signal);
});

async function findGenerator(name: string): Promise<LoadGenerator> {
  if (name === "builtin") return builtin;
  const k6 = await findK6();
  if (k6 === null) throw new UsageError("k6 is not on the PATH; install it, or leave --generator k6 out");
  return k6;
}

async function bench(plan: RunPlan, options: BenchOptions, generator: LoadGenerator, signal: AbortSignal) {
  if (!canPin()) console.error("note: taskset is not here, so service and load generator share all cores");
  let position = 0;
  let trialCount = 0;
  let startedMs = 0;
  let failed = 0;
  using preparing = showPhases();
  const prepareStartedMs = performance.now();
  await using live = options.metricsPort === undefined ? null : await serveLiveMetrics(options.metricsPort);
  const tools = {
    live,
    dashboards: options.dashboards ?? null,
    dataRoot: options.data,
    resultsRoot: options.results,
    generator,
    openTarget: () => openTarget(plan, options, signal),
    signal,
    onPreparing: preparing.update,
    onReady: (trials: number) => {
      preparing[Symbol.dispose]();
      trialCount = trials;
      startedMs = performance.now();
      const estimateMs = trials * (plan.durationMs + plan.warmupMs + TRIAL_OVERHEAD_MS);
      if (options.dashboards !== undefined) console.error(`watch: ${options.dashboards}`);
      console.error(
        `data ready in ${formatMs(startedMs - prepareStartedMs)}; ${trials} trials, about ${formatWait(estimateMs)}`,
      );
    },
    onPrecise: (blocks: number) => console.error(`precise enough after ${blocks} blocks`),
    onTrial: (measurement: Measurement) => {
      position++;
      if (measurement.error !== undefined) failed++;
      const leftMs = ((performance.now() - startedMs) / position) * (trialCount - position);
      console.error(`[${position}/${trialCount}] ${describeTrial(measurement)}; ${formatWait(leftMs)} left`);
    },
  };
  const folder = await runBench(plan, tools).catch((error) => {
    if (error instanceof RunStopped && position > 0) report(error.results);
    throw error;
  });
  report(folder);
  console.log(
    `\nresults: ${folder}\nreport:  ${join(folder, "report.md")} (again: make report RUN=${folder})`,
  );
  if (options.dashboards !== undefined) console.log(`watch:   ${options.dashboards}`);
  if (failed > 0)
    throw new Error(`${failed} of ${position} trials failed; the tables leave them out and say why`);
}

async function openTarget(
  { approaches: measured }: RunPlan,
  options: BenchOptions,
  signal: AbortSignal,
): Promise<Target> {
  const { data: root, databaseServerUrl: url, mode } = options;
  if (mode === "native") return openNativeTarget((cpus) => openDatabaseFor(measured, { root, cpus, url }));
  return openComposeTarget({
    engine: await connectEngine(ENGINE_SOCKET),
    dataRoot: root,
    services: Object.keys(approaches),
    databaseServerUrl: needDatabase(measured) ? url : undefined,
    signal,
    onNote: (line) => console.error(`note: ${line}`),
  });
}

function describeTrial(measurement: Measurement): string {
  const { approach, workload, error, requestsPerSecond, latencyMs, serverCpuMicrosPerRequest } = measurement;
  const name = `${workload} ${approach}`.padEnd(15);
  if (error !== undefined) return `${name} failed: ${error}`;
  const figures = [
    `${formatCount(requestsPerSecond)} req/s`.padStart(12),
    `p50 ${formatMs(latencyMs.p50)}`.padStart(12),
    `CPU ${formatMicros(serverCpuMicrosPerRequest)}/request`,
  ];
  return `${name} ${figures.join(", ")}`;
}

/** Prints the tables of a run and writes its report. */
function report(folder: string): void {
  const { environment, measurements } = readResults(folder);
  replaceText(join(folder, "report.md"), renderReport(environment, measurements));
  console.log(`\n${renderCaveats(environment)}${renderWorkloads(environment, measurements)}`);
}
