// Lets several processes write to one store, and says which stores bear it.
import { join } from "node:path";
import { replaceText } from "../lab/measure/results.ts";
import { formatWait } from "../lab/report/format.ts";
import { renderWritersPage } from "../lab/report/html/writers-page.ts";
import { openComposeGroups } from "../lab/targets/compose-group.ts";
import { needDatabase, openDatabaseFor } from "../lab/targets/database-for.ts";
import { connectEngine } from "../lab/targets/engine.ts";
import { openNativeGroups } from "../lab/targets/native-group.ts";
import { summarizeCells } from "../lab/writers/figures.ts";
import { listSections, renderPage, renderSections } from "../lab/writers/page.ts";
import { SUBJECTS } from "../lab/writers/plan.ts";
import { runWriters, type WritersPlan, type WritersResult } from "../lab/writers/run.ts";
import { listSteps } from "../lab/writers/steps.ts";
import { judgeSharing } from "../lab/writers/verdicts.ts";
import { ENGINE_SOCKET } from "./bench-target.ts";
import { chooseApproaches } from "./options.ts";
import { runCommand, UsageError } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";
import { IN_CONTAINERS, toPlan, type WritersOptions, writersCommand } from "./writers-options.ts";

await runCommand(writersCommand, async (signal) => {
  const options = writersCommand.opts<WritersOptions>();
  const names = options.mode === "docker" ? IN_CONTAINERS : SUBJECTS;
  const chosen = await chooseApproaches({ ...options, approaches: options.approaches ?? names.join(",") });
  const absent = Object.keys(chosen).filter((name) => !names.includes(name));
  if (options.mode === "docker" && absent.length > 0)
    throw new UsageError(
      `--approaches: there is no second container of ${absent.join(", ")}; expected some of ${names.join(", ")}`,
    );
  const plan = toPlan(options, chosen);
  if (plan.cells.length === 0) throw new UsageError("--approaches: none of these stores what it is given");
  if (options.list) {
    console.error(plan.command);
    for (const { name } of listSteps(plan)) console.log(name);
    return;
  }
  const result = await conduct(plan, options, signal);
  report(result, plan);
  if (result.record.endedAt === null)
    throw new Error(`stopped; what was measured until then is in ${result.path}`);
});

async function conduct(
  plan: WritersPlan,
  options: WritersOptions,
  signal: AbortSignal,
): Promise<WritersResult> {
  const { data: root, databaseServerUrl: url, mode } = options;
  console.error(plan.command);
  using preparing = showPhases();
  const startedMs = performance.now();
  return runWriters(plan, {
    dataRoot: root,
    resultsRoot: options.out,
    mode,
    openTarget: async () =>
      mode === "docker"
        ? openComposeGroups({
            engine: await connectEngine(ENGINE_SOCKET),
            dataRoot: root,
            databaseServerUrl: needDatabase(plan.approaches) ? url : undefined,
          })
        : openNativeGroups(await openDatabaseFor(plan.approaches, { root, url })),
    signal,
    onPreparing: (what, done, total) => preparing.update(what, done, total),
    onStep(name, done, total) {
      preparing[Symbol.dispose]();
      const leftMs = done === 0 ? null : ((performance.now() - startedMs) / done) * (total - done);
      const left = leftMs === null ? "" : `; about ${formatWait(leftMs)} left`;
      console.error(`[${done + 1}/${total}] ${name}${left}`);
    },
    onFailure: (name, error) => console.error(`  ${name} failed: ${error.message}`),
  });
}

function report({ path, record, failedSteps }: WritersResult, plan: WritersPlan): void {
  const order = plan.cells.map(({ name }) => name);
  const page = join(path, "writers.md");
  const sections = listSections(record, order, plan.approaches);
  replaceText(page, renderPage(record, sections));
  const verdicts = judgeSharing(summarizeCells(record, order));
  replaceText(join(path, "report.html"), renderWritersPage(record, sections, verdicts));
  console.log(`\n${renderSections(sections)}`);
  console.log(
    `results: ${path}\npage:    ${join(path, "report.html")}\nnext:    make lesson judges the claims about writers by it`,
  );
  if (failedSteps > 0) throw new Error(`${failedSteps} steps failed; the lines above say why`);
}
