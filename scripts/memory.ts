// Gives every approach the same memory and more data than fits, and says which of them serve.
import { totalmem } from "node:os";
import { join } from "node:path";
import { lockData } from "../lab/data/lock.ts";
import { replaceText } from "../lab/measure/results.ts";
import { findControlGroups } from "../lab/memory/control-group.ts";
import { renderPage, tellAnswer } from "../lab/memory/page.ts";
import { runMemory } from "../lab/memory/run.ts";
import { formatLimit, listSections } from "../lab/memory/sections.ts";
import { formatExact, formatMs } from "../lab/report/format.ts";
import { renderMemoryPage } from "../lab/report/html/memory-page.ts";
import { renderSections } from "../lab/writers/page.ts";
import { type MemoryOptions, memoryCommand, toPlan } from "./memory-options.ts";
import { chooseApproaches } from "./options.ts";
import { runCommand, UsageError } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

await runCommand(memoryCommand, async (signal) => {
  const options = memoryCommand.opts<MemoryOptions>();
  const plan = toPlan(options, await chooseApproaches(options));
  if (!Object.values(plan.approaches).some(({ stores }) => stores))
    throw new UsageError("--approaches: none of these stores users");
  if (plan.limitBytes >= totalmem())
    throw new UsageError(`--limit: expected less than this machine has, ${formatLimit(totalmem())}`);
  const place = await findControlGroups();
  if (typeof place === "string") {
    console.log(`not run: ${place}`);
    return;
  }
  console.error(plan.command);
  using _lock = lockData(options.data);
  using progress = showPhases();
  const { path, record } = await runMemory(plan, {
    place,
    dataRoot: options.data,
    resultsRoot: options.results,
    signal,
    onPreparing: progress.update,
    onTrial({ approach, size }, done, total) {
      progress[Symbol.dispose]();
      console.error(`[${done + 1}/${total}] ${approach}, ${formatExact(size)} users`);
    },
    onMeasured({ end, startupMs }) {
      console.error(`  ${end === null ? `ready in ${formatMs(startupMs as number)}, serves` : end.words}`);
    },
  });
  const page = join(path, "report.html");
  replaceText(join(path, "memory.md"), renderPage(record));
  replaceText(page, renderMemoryPage(record));
  console.log(`\n${renderSections(listSections(record))}\n${tellAnswer(record)}`);
  console.log(`results: ${path}\npage:    ${page}`);
  if (record.endedAt === null) throw new Error(`stopped; what was measured until then is in ${path}`);
});
