// Kills services, cuts power and fills disks, and says what became of acknowledged writes.
import { join } from "node:path";
import { experiments } from "../lab/crash/experiments.ts";
import { countOutcomes, nameSubject, renderPage, showSurvival } from "../lab/crash/page.ts";
import { listCases, makeCrashFolder, runCrash } from "../lab/crash/run.ts";
import { replaceText } from "../lab/measure/results.ts";
import { renderCrashPage } from "../lab/report/html/crash-page.ts";
import { renderSections } from "../lab/writers/page.ts";
import { type ExperimentOptions, experimentCommand, toPlan } from "./experiment-options.ts";
import { chooseApproaches } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

const command = experimentCommand("crash", experiments, {
  description:
    "Break the services and see what survives: every approach that stores what it is given, at every level of DURABILITY,\n" +
    "and naive ways that must fail. What needs root or a tool that is not here is not run, and says so.",
  full: "100 kills each, every byte of SQLite's log",
});

await runCommand(command, async (signal) => {
  const options = command.opts<ExperimentOptions>();
  const plan = {
    ...toPlan(command, await chooseApproaches(options)),
    experiments: experiments.filter(({ name }) => options.only.includes(name)),
  };
  if (options.list) {
    using folder = makeCrashFolder(options.data);
    for (const one of await listCases(plan, folder.path))
      console.log(
        [one.experiment, nameSubject(one), one.lack === null ? one.question : `not run: ${one.lack}`].join(
          "\t",
        ),
      );
    return;
  }
  console.error(plan.command);
  using progress = showPhases();
  let current = "";
  const { path, record } = await runCrash(plan, {
    dataRoot: options.data,
    resultsRoot: options.results,
    signal,
    onProgress: (done, total) => progress.update(current, done, total),
    onCase(one, done, total) {
      current = `[${done + 1}/${total}] ${one.experiment} ${nameSubject(one)}`;
    },
    onOutcome(outcome) {
      progress[Symbol.dispose]();
      console.log(`${current}: ${outcome.outcome}: ${outcome.measured}`);
    },
  });
  const page = join(path, "report.html");
  replaceText(join(path, "crash.md"), renderPage(record));
  replaceText(page, renderCrashPage(record));
  console.log(`\n${renderSections(showSurvival(record.outcomes))}\n${countOutcomes(record.outcomes)}`);
  console.log(
    `results: ${path}\npage:    ${page}\nnext:    make lesson judges the claim about crashes by it`,
  );
  if (record.endedAt === null) throw new Error(`stopped; what was found until then is in ${path}`);
  const failed = record.outcomes.filter(({ outcome }) => outcome === "failed").length;
  if (failed > 0) throw new Error(`${failed} of ${record.outcomes.length} cases failed`);
});
