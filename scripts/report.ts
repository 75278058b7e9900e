// Makes the report of a run again, from its data alone.
import { Command, Option } from "commander";
import { findRun } from "../lab/measure/results.ts";
import { renderTables } from "../lab/report/report.ts";
import { resultsOption } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { writeReports } from "./write-reports.ts";

const command = new Command("report")
  .description("Make the report of a run again, from its data alone, and print its tables.")
  .addOption(new Option("--run <NAME>", "name or path of the run (default: the latest)").env("RUN"))
  .addOption(resultsOption());

await runCommand(command, async () => {
  const { run, results } = command.opts<{ run?: string; results: string }>();
  const folder = findRun(results, run || undefined);
  const { data, markdown, page } = writeReports(folder);
  console.log(`${renderTables(data)}\n\nreport: ${markdown}\npage:   ${page}`);
});
