// Measures the approaches against each other on this machine.
import { randomInt } from "node:crypto";
import { join, relative } from "node:path";
import { Command, Option } from "commander";
import { type WorkloadName, workloads } from "../k6/lib/workloads.ts";
import { builtin } from "../lab/load/builtin.ts";
import type { LoadGenerator } from "../lab/load/generator.ts";
import { findK6 } from "../lab/load/k6.ts";
import type { Measurement } from "../lab/measure/measurement.ts";
import { readResults, replaceText } from "../lab/measure/results.ts";
import { listTrials, type RunPlan, RunStopped, runBench } from "../lab/measure/run.ts";
import { formatCount, formatMicros, formatMs, formatWait } from "../lab/report/format.ts";
import { renderReport, renderWorkloads } from "../lab/report/report.ts";
import { canPin } from "../lab/targets/child.ts";
import type { ApproachName } from "../services/approaches/index.ts";
import {
  approachesOption,
  dataOption,
  dataSeedOption,
  parseDuration,
  parseNames,
  RESULTS_ROOT,
  sizeOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { parseSeed, runCommand, UsageError } from "./run-command.ts";
import { showProgress } from "./show-progress.ts";

interface BenchOptions extends Omit<RunPlan, "command" | "warmupMs" | "durationMs" | "waitLimitMs"> {
  readonly warmup: number;
  readonly duration: number;
  readonly waitLimit: number;
  readonly generator: string;
  readonly data: string;
  readonly results: string;
  readonly list?: true;
}

/** Of a trial, beside its window and its warm-up: processes start and stop. For the first estimate only. */
const TRIAL_OVERHEAD_MS = 1_000;
const DEFAULT_WORKLOADS: WorkloadName[] = ["read", "create"];

const command = new Command("bench")
  .description(
    "Measure ways of storing users against each other on this machine.\n" +
      "Every option can also be an environment variable: make bench SIZE=1M APPROACHES=map,sqlite",
  )
  .addOption(sizeOption())
  .addOption(approachesOption())
  .addOption(
    variable(
      "--workloads <NAMES>",
      `workloads, separated by commas:\n${describeWorkloads()}`,
      (text) => parseNames(text, Object.keys(workloads)) as WorkloadName[],
      { value: DEFAULT_WORKLOADS, shown: DEFAULT_WORKLOADS.join(",") },
    ),
  )
  .addOption(
    variable("--duration <TIME>", "measured window of a trial", parseDuration, { value: 2_000, shown: "2s" }),
  )
  .addOption(
    variable("--warmup <TIME>", "load before the window", parseDuration, { value: 700, shown: "700ms" }),
  )
  .addOption(
    variable(
      "--wait-limit <TIME>",
      "how long an answer is waited for; the window grows with it",
      parseDuration,
      {
        value: 120_000,
        shown: "2m",
      },
    ),
  )
  .addOption(
    variable("--blocks <N>", "how often every trial is made", wholeNumber(1, 1_000), {
      value: 5,
      shown: "5",
    }),
  )
  .addOption(
    variable("--connections <N>", "connections that ask at once", wholeNumber(1, 10_000), {
      value: 50,
      shown: "50",
    }),
  )
  .addOption(
    variable(
      "--seed <SEED>",
      "seed of the order of trials and the choice of keys (default: a new one)",
      parseSeed,
    ),
  )
  .addOption(dataSeedOption())
  .addOption(
    new Option("--generator <NAME>", "what makes the load")
      .env("GENERATOR")
      .choices(["builtin", "k6"])
      .default("builtin"),
  )
  .addOption(dataOption())
  .addOption(new Option("--results <FOLDER>", "folder of the results").default(RESULTS_ROOT))
  .option("--list", "print the trials in their order, and measure nothing");

await runCommand(command, async (signal) => {
  const options = command.opts<BenchOptions>();
  const plan = toPlan(options);
  const trials = listTrials(plan);
  if (trials.length === 0)
    throw new UsageError("none of these approaches can be asked any of these workloads");
  if (options.list) {
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

function toPlan(options: BenchOptions): RunPlan {
  const seed = options.seed ?? randomInt(2 ** 32);
  const { size, approaches, workloads, connections, blocks, dataSeed, generator } = options;
  const flags = {
    size,
    approaches: approaches.join(","),
    workloads: workloads.join(","),
    duration: `${options.duration}ms`,
    warmup: `${options.warmup}ms`,
    "wait-limit": `${options.waitLimit}ms`,
    blocks,
    connections,
    seed,
    "data-seed": dataSeed,
    generator,
  };
  return {
    size,
    approaches: approaches as ApproachName[],
    workloads,
    connections,
    blocks,
    dataSeed,
    seed,
    durationMs: options.duration,
    warmupMs: options.warmup,
    waitLimitMs: options.waitLimit,
    command: `npm run bench -- ${Object.entries(flags)
      .map(([name, value]) => `--${name} ${value}`)
      .join(" ")}`,
  };
}

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
  using preparing = showProgress("preparing the data");
  const prepareStartedMs = performance.now();
  const tools = {
    dataRoot: options.data,
    resultsRoot: options.results,
    generator,
    signal,
    onPreparing: (_what: string, done: number, total: number) => preparing.update(done, total),
    onReady: (trials: number) => {
      preparing[Symbol.dispose]();
      trialCount = trials;
      startedMs = performance.now();
      const estimateMs = trials * (plan.durationMs + plan.warmupMs + TRIAL_OVERHEAD_MS);
      console.error(
        `data ready in ${formatMs(startedMs - prepareStartedMs)}; ${trials} trials, about ${formatWait(estimateMs)}`,
      );
    },
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
  const name = relative(options.results, folder);
  console.log(`\nresults: ${folder}\nreport:  ${join(folder, "report.md")} (again: make report RUN=${name})`);
  if (failed > 0)
    throw new Error(`${failed} of ${position} trials failed; the tables leave them out and say why`);
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
  console.log(`\n${renderWorkloads(environment, measurements)}`);
}

function describeWorkloads(): string {
  return Object.entries(workloads)
    .map(([name, { description }]) => `  ${name.padEnd(7)} ${description}`)
    .join("\n");
}
