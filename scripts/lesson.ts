// Measures what the lessons claim, at several sizes, and judges every claim.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { Command, Option } from "commander";
import { parseSize } from "../lab/data/size.ts";
import { conductLesson } from "../lab/lesson/conduct-lesson.ts";
import { createLesson, findLesson, listMissing, readRecord } from "../lab/lesson/lesson-folder.ts";
import {
  describeStep,
  estimateSteps,
  type LessonSettings,
  listSteps,
  rowsOf,
  type Step,
} from "../lab/lesson/plan.ts";
import { showLesson } from "../lab/lesson/tables/lesson-page.ts";
import { writeLesson, writeReports } from "../lab/lesson/write-lesson.ts";
import { formatWait } from "../lab/report/format.ts";
import { canPin } from "../lab/targets/child.ts";
import { openDatabaseFor } from "../lab/targets/database-for.ts";
import { openNativeTarget } from "../lab/targets/native-target.ts";
import { type ApproachName, approaches } from "../services/approaches/index.ts";
import {
  countsOption,
  databaseServerOption,
  dataOption,
  dataSeedOption,
  parseDuration,
  parseNames,
  RESULTS_ROOT,
  variable,
  wholeNumber,
} from "./options.ts";
import { parseSeed, runCommand } from "./run-command.ts";
import { tellLesson } from "./show-lesson.ts";

const DEFAULT_SIZES = [10_000, 100_000, 1_000_000];
/** The lessons'. */
const CONNECTIONS = 50;
const WAIT_LIMIT_MS = 120_000;
const NAMES = Object.keys(approaches) as ApproachName[];
const MIN_WIDTH = 100;
const DEFAULT_WIDTH = 120;
const MAX_WIDTH = 160;

const command = new Command("lesson")
  .description(
    "Measure all approaches at several sizes as the lessons do, make the experiments that their claims need, and judge " +
      "every claim. Stopped and called again, it goes on where it was.\n" +
      "Services run as processes: several sizes of one approach are up at once, which containers do not offer.",
  )
  .addOption(
    variable("--sizes <LIST>", "numbers of users, separated by commas", parseSizes, {
      value: DEFAULT_SIZES,
      shown: "10k,100k,1M",
    }),
  )
  .addOption(
    variable("--approaches <NAMES>", "approaches, separated by commas", parseApproaches, {
      value: NAMES,
      shown: NAMES.join(","),
    }),
  )
  .addOption(
    variable("--blocks <N>", "how often everything is measured", wholeNumber(1, 100), {
      value: 5,
      shown: "5",
    }),
  )
  .addOption(
    variable("--duration <TIME>", "measured window of a trial", parseDuration, { value: 2_000, shown: "2s" }),
  )
  .addOption(
    variable("--warmup <TIME>", "load before the window", parseDuration, { value: 700, shown: "700ms" }),
  )
  .addOption(
    variable("--seed <SEED>", "seed of all orders and of the choice of keys (default: a new one)", parseSeed),
  )
  .addOption(dataSeedOption())
  .addOption(countsOption())
  .addOption(
    new Option("--mode <MODE>", "where services run").env("MODE").choices(["auto", "native"]).default("auto"),
  )
  .addOption(databaseServerOption())
  .addOption(dataOption())
  .addOption(new Option("--results <FOLDER>", "folder of the results").default(RESULTS_ROOT))
  .addOption(new Option("--fresh", "begin anew, whatever there is").env("FRESH"))
  .option("--list", "print what is still to be done, and measure nothing");

interface Options {
  readonly sizes: readonly number[];
  readonly approaches: readonly ApproachName[];
  readonly blocks: number;
  readonly duration: number;
  readonly warmup: number;
  readonly seed?: number;
  readonly dataSeed: number;
  readonly counts: "yes" | "no";
  readonly databaseServerUrl?: string;
  readonly data: string;
  readonly results: string;
  readonly fresh?: true;
  readonly list?: true;
}

await runCommand(command, async (signal) => {
  const options = command.opts<Options>();
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

function toSettings(options: Options) {
  const { sizes, blocks, duration, warmup, seed, dataSeed, counts } = options;
  return {
    ...{ sizes, blocks, seed, dataSeed },
    approaches: NAMES.filter((name) => options.approaches.includes(name)),
    connections: CONNECTIONS,
    warmupMs: warmup,
    durationMs: duration,
    waitLimitMs: WAIT_LIMIT_MS,
    countsCalls: counts === "yes",
  };
}

type Wanted = ReturnType<typeof toSettings>;

function withSeed(wanted: Wanted): LessonSettings {
  return { ...wanted, seed: wanted.seed ?? randomInt(2 ** 32) };
}

function list(found: string | null, wanted: Wanted): void {
  const steps = listSteps(found === null ? withSeed(wanted) : readRecord(found).settings);
  const missing = found === null ? steps : listMissing(found, steps);
  for (const step of missing) console.log(`${describeStep(step)}\tabout ${formatWait(step.estimateMs)}`);
  console.error(`${missing.length} of ${steps.length} steps, about ${formatWait(estimateSteps(missing))}`);
}

function begin(options: Options, wanted: Wanted): string {
  const settings = withSeed(wanted);
  const flags = {
    sizes: settings.sizes,
    approaches: settings.approaches,
    blocks: settings.blocks,
    duration: `${settings.durationMs}ms`,
    warmup: `${settings.warmupMs}ms`,
    seed: settings.seed,
    "data-seed": settings.dataSeed,
    counts: settings.countsCalls ? "yes" : "no",
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name} ${value}`);
  return createLesson(options.results, new Date(), settings, ["npm run lesson --", ...words].join(" "));
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

async function conduct(path: string, steps: readonly Step[], options: Options, signal: AbortSignal) {
  const { data: root, databaseServerUrl: url } = options;
  using told = tellLesson(steps);
  await conductLesson(path, {
    dataRoot: root,
    openTarget: (approaches) =>
      openNativeTarget((cpus) => openDatabaseFor(rowsOf(approaches), { root, cpus, url })),
    signal,
    ...told.listeners,
  });
  writeReports(path);
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

function parseApproaches(text: string): ApproachName[] {
  return parseNames(text, NAMES) as ApproachName[];
}

/** Parses sizes separated by commas, and sorts them. @throws RangeError for one that is none */
function parseSizes(text: string): number[] {
  const sizes = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(parseSize);
  if (sizes.length === 0) throw new RangeError("expected sizes, such as 10k,100k,1M");
  return [...new Set(sizes)].sort((a, b) => a - b);
}
