// Measures the approaches against each other on this machine.
import { builtin } from "../lab/load/builtin.ts";
import type { LoadGenerator } from "../lab/load/generator.ts";
import { findGenerators } from "../lab/load/generators.ts";
import { listTrials } from "../lab/measure/conduct-trials.ts";
import { serveLiveMetrics } from "../lab/measure/live-metrics.ts";
import { listLeftOut, type Trial } from "../lab/measure/plan.ts";
import { type RunPlan, RunStopped, type RunTools, runBench } from "../lab/measure/run.ts";
import { formatMs } from "../lab/report/format.ts";
import { renderCaveats, renderTables } from "../lab/report/report.ts";
import { canPin } from "../lab/targets/child.ts";
import { type BenchOptions, benchCommand } from "./bench-options.ts";
import { toPlan } from "./bench-plan.ts";
import { readBenchData } from "./bench-records.ts";
import { openTarget } from "./bench-target.ts";
import { chooseApproaches } from "./options.ts";
import { runCommand, UsageError } from "./run-command.ts";
import { tellRun } from "./show-trials.ts";
import { type WrittenReports, writeReports } from "./write-reports.ts";

await runCommand(benchCommand, async (signal) => {
  const options = benchCommand.opts<BenchOptions>();
  const generators = await findGenerators();
  const generator = chooseGenerator(options, generators);
  const data = await readBenchData(options, await chooseApproaches(options));
  const plan = toPlan(options, data.approaches, generator.name, data.records);
  const { closed, open } = listTrials(plan);
  if (closed.length === 0)
    throw new UsageError("none of these approaches can be asked any of these workloads");
  for (const leftOut of listLeftOut(plan)) console.error(`note: ${leftOut}`);
  if (options.list) {
    console.error(plan.command);
    for (const [index, trial] of [...closed, ...open].entries()) console.log(describeTrial(trial, index + 1));
    return;
  }
  if (plan.durationMs < generator.minDurationMs)
    throw new UsageError(`--duration: ${generator.name} needs at least ${formatMs(generator.minDurationMs)}`);
  const isOpen = plan.load === "open";
  const cannot = plan.workloads.find(
    (workload) => !generator.canMake({ workload, ...(isOpen && { requestsPerSecond: 1 }) }),
  );
  if (cannot !== undefined)
    throw new UsageError(`--generator: ${generator.name} cannot make the ${plan.load} load of ${cannot}`);
  const placed = { ...options, data: data.dataRoot };
  await bench(plan, placed, { generator, generators }, signal);
});

/** The builtin one needs little of the machine; an open load is k6's own craft, but it takes much memory for a person's
 * own records. */
function chooseGenerator(
  { generator, load, records }: BenchOptions,
  atHand: readonly LoadGenerator[],
): LoadGenerator {
  const find = (name: string) => atHand.find((candidate) => candidate.name === name);
  if (generator === undefined) {
    const isForK6 = load === "open" && records === undefined;
    if (isForK6 && !find("k6"))
      console.error("note: k6 is not on the PATH, so the builtin generator makes the open load");
    return (isForK6 ? find("k6") : undefined) ?? builtin;
  }
  const chosen = find(generator);
  if (chosen === undefined)
    throw new UsageError(
      `${generator} is not on the PATH; install it, or leave --generator ${generator} out`,
    );
  return chosen;
}

/** The rate of an open trial is known when the closed ones have been made; its name before. */
function describeTrial({ block, approach, workload, rate }: Trial, position: number): string {
  const columns = [position, `block ${block}`, approach, workload, ...(rate ? [`open, ${rate.name}`] : [])];
  return columns.join("\t");
}

async function bench(
  plan: RunPlan,
  options: BenchOptions,
  load: Pick<RunTools, "generator" | "generators">,
  signal: AbortSignal,
) {
  if (!canPin()) console.error("note: taskset is not here, so service and load generator share all cores");
  await using live = options.metricsPort === undefined ? null : await serveLiveMetrics(options.metricsPort);
  using told = tellRun(plan, options.dashboards);
  const tools = {
    live,
    dashboards: options.dashboards ?? null,
    dataRoot: options.data,
    resultsRoot: options.results,
    ...load,
    openTarget: () => openTarget(plan.approaches, options, signal),
    signal,
    ...told.listeners,
  };
  const folder = await runBench(plan, tools).catch((error) => {
    if (error instanceof RunStopped && told.trials() > 0) report(error.results);
    throw error;
  });
  const { markdown, page } = report(folder);
  console.log(
    `\nresults: ${folder}\nreport:  ${markdown} (again: make report RUN=${folder})\npage:    ${page}`,
  );
  if (options.dashboards !== undefined) console.log(`watch:   ${options.dashboards}`);
  const [first, ...others] = told.failures();
  if (first !== undefined)
    throw new Error(
      `${1 + others.length} of ${told.trials()} trials failed; the tables leave them out and say why; the first: ${first}`,
    );
}

/** Prints the tables of a run and writes its reports. */
function report(folder: string): WrittenReports {
  const written = writeReports(folder);
  console.log(`\n${renderCaveats([written.data])}${renderTables(written.data)}`);
  return written;
}
