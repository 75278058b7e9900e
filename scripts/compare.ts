// Compares two runs.
import { Command, Option } from "commander";
import { findRun, readResults } from "../lab/measure/results.ts";
import { renderRunComparison } from "../lab/report/run-comparison.ts";
import { resultsOption } from "./options.ts";
import { runCommand, UsageError } from "./run-command.ts";

const command = new Command("compare")
  .description(
    "Compare two runs: ratios with intervals, what differs between them, and whether that is chance.",
  )
  .addOption(new Option("--a <RUN>", "name or path of a run").env("A").makeOptionMandatory())
  .addOption(new Option("--b <RUN>", "the run to compare it with").env("B").makeOptionMandatory())
  .addOption(resultsOption());

await runCommand(command, async () => {
  const { a, b, results } = command.opts<{ a: string; b: string; results: string }>();
  const read = (run: string) => readResults(findRun(results, run));
  try {
    console.log(renderRunComparison(read(a), read(b)));
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
});
