// Measures what the lessons claim, at several sizes, and judges every claim.
import { join } from "node:path";
import { conductLesson } from "../lab/lesson/conduct-lesson.ts";
import { createLesson, findLesson, listMissing, readRecord } from "../lab/lesson/lesson-folder.ts";
import { describeStep, estimateSteps, listSteps, rowsOf, type Step } from "../lab/lesson/plan.ts";
import { showLesson } from "../lab/lesson/tables/lesson-page.ts";
import { writeLesson, writeRunReports } from "../lab/lesson/write-lesson.ts";
import { formatWait } from "../lab/report/format.ts";
import { canPin } from "../lab/targets/child.ts";
import { openDatabaseFor } from "../lab/targets/database-for.ts";
import { openNativeTarget } from "../lab/targets/native-target.ts";
import {
  formatCommand,
  type LessonOptions,
  lessonCommand,
  toSettings,
  type WantedSettings,
  withSeed,
} from "./lesson-options.ts";
import { runCommand } from "./run-command.ts";
import { tellLesson } from "./show-lesson.ts";

const MIN_WIDTH = 100;
const DEFAULT_WIDTH = 120;
const MAX_WIDTH = 160;

await runCommand(lessonCommand, async (signal) => {
  const options = lessonCommand.opts<LessonOptions>();
  const wanted = toSettings(options);
  const found = options.fresh ? null : findLesson(options.results, wanted);
  if (options.list) return list(found, wanted);
  const path = found ?? begin(options, wanted);
  const { settings } = readRecord(path);
  const steps = listSteps(settings);
  const missing = listMissing(path, steps);
  announce(path, found !== null, missing, steps);
  if (missing.length > 0) await conduct(path, steps, options, signal);
  else show(path);
});

function list(found: string | null, wanted: WantedSettings): void {
  const steps = listSteps(found === null ? withSeed(wanted) : readRecord(found).settings);
  const missing = found === null ? steps : listMissing(found, steps);
  for (const step of missing) console.log(`${describeStep(step)}\tabout ${formatWait(step.estimateMs)}`);
  console.error(`${missing.length} of ${steps.length} steps, about ${formatWait(estimateSteps(missing))}`);
}

function begin({ results }: LessonOptions, wanted: WantedSettings): string {
  const settings = withSeed(wanted);
  return createLesson(results, new Date(), settings, formatCommand(settings));
}

function announce(
  path: string,
  isContinued: boolean,
  missing: readonly Step[],
  steps: readonly Step[],
): void {
  if (missing.length === 0) {
    console.error(`this lesson is finished: ${path} (FRESH=1 begins a new one)`);
    return;
  }
  const wait = formatWait(estimateSteps(missing));
  const how = isContinued
    ? `goes on with ${path}: ${steps.length - missing.length} of ${steps.length} steps are there (FRESH=1 begins anew)`
    : `${path}: ${steps.length} steps`;
  console.error(`${how}; about ${wait}, as processes of this machine`);
  if (!canPin()) console.error("note: taskset is not here, so service and load generator share all cores");
}

async function conduct(path: string, steps: readonly Step[], options: LessonOptions, signal: AbortSignal) {
  const { data: root, databaseServerUrl: url } = options;
  using told = tellLesson(steps);
  await conductLesson(path, {
    dataRoot: root,
    openTarget: (approaches) =>
      openNativeTarget((cpus) => openDatabaseFor(rowsOf(approaches), { root, cpus, url })),
    signal,
    ...told.listeners,
  });
  writeRunReports(path);
  show(path);
  if (told.failures() > 0)
    throw new Error(`${told.failures()} trials or experiments failed; the lines above say why`);
}

function show(path: string): void {
  const width = Math.min(Math.max(process.stdout.columns ?? DEFAULT_WIDTH, MIN_WIDTH), MAX_WIDTH);
  console.log(
    `${showLesson(writeLesson(path), width)}\n\nresults: ${path}\nreport:  ${join(path, "lesson.md")}\npage:    ${join(path, "report.html")}`,
  );
}
