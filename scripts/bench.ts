// Measures the approaches against each other on this machine.
import { join } from "node:path";
import { builtin } from "../lab/load/builtin.ts";
import type { LoadGenerator } from "../lab/load/generator.ts";
import { findK6 } from "../lab/load/k6.ts";
import { serveLiveMetrics } from "../lab/measure/live-metrics.ts";
import { readResults, replaceText } from "../lab/measure/results.ts";
import { listTrials, type RunPlan, RunStopped, runBench } from "../lab/measure/run.ts";
import { formatMs } from "../lab/report/format.ts";
import { renderCaveats, renderReport, renderWorkloads } from "../lab/report/report.ts";
import { canPin } from "../lab/targets/child.ts";
import { type BenchOptions, benchCommand, toPlan } from "./bench-options.ts";
import { openTarget } from "./bench-target.ts";
import { chooseApproaches } from "./options.ts";
import { runCommand, UsageError } from "./run-command.ts";
import { tellRun } from "./show-trials.ts";

await runCommand(benchCommand, async (signal) => {
  const options = benchCommand.opts<BenchOptions>();
  const plan = toPlan(options, await chooseApproaches(options));
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
  await using live = options.metricsPort === undefined ? null : await serveLiveMetrics(options.metricsPort);
  using told = tellRun(plan, options.dashboards);
  const tools = {
    live,
    dashboards: options.dashboards ?? null,
    dataRoot: options.data,
    resultsRoot: options.results,
    generator,
    openTarget: () => openTarget(plan.approaches, options, signal),
    signal,
    ...told.listeners,
  };
  const folder = await runBench(plan, tools).catch((error) => {
    if (error instanceof RunStopped && told.trials() > 0) report(error.results);
    throw error;
  });
  report(folder);
  console.log(
    `\nresults: ${folder}\nreport:  ${join(folder, "report.md")} (again: make report RUN=${folder})`,
  );
  if (options.dashboards !== undefined) console.log(`watch:   ${options.dashboards}`);
  if (told.failures() > 0)
    throw new Error(
      `${told.failures()} of ${told.trials()} trials failed; the tables leave them out and say why`,
    );
}

/** Prints the tables of a run and writes its report. */
function report(folder: string): void {
  const { environment, measurements } = readResults(folder);
  replaceText(join(folder, "report.md"), renderReport(environment, measurements));
  console.log(`\n${renderCaveats(environment)}${renderWorkloads(environment, measurements)}`);
}
