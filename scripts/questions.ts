// Asks the questions other than the id of every approach that answers some, and orders the last pieces of an item.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { questionWorkloads } from "../k6/lib/workloads.ts";
import { builtin } from "../lab/load/builtin.ts";
import { replaceText } from "../lab/measure/results.ts";
import { type RunPlan, runBench } from "../lab/measure/run.ts";
import { readSources } from "../lab/questions/code-lines.ts";
import { isAsExpected, listCases } from "../lab/questions/inventory.ts";
import { orderLastPieces } from "../lab/questions/last-pieces.ts";
import { measureOrderRates } from "../lab/questions/order-rates.ts";
import { type QuestionsRecord, writeQuestions } from "../lab/questions/record.ts";
import { renderQuestions } from "../lab/questions/tables.ts";
import { openDatabaseFor } from "../lab/targets/database-for.ts";
import { openNativeTarget } from "../lab/targets/native-target.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import { approaches } from "../services/approaches/index.ts";
import {
  type ApproachOptions,
  approachesOption,
  approachesPathOption,
  chooseApproaches,
  databaseServerOption,
  dataOption,
  dataSeedOption,
  loadFiles,
  parseDuration,
  resultsOption,
  sizeOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { parseSeed, runCommand, UsageError } from "./run-command.ts";
import { tellRun } from "./show-trials.ts";
import { writeReports } from "./write-reports.ts";

const CONTROLS = ["naive-linear-orders", "naive-postgres-orders"].map((name) =>
  fileURLToPath(new URL(`../lab/controls/${name}.ts`, import.meta.url)),
);
const CONNECTIONS = 50;
const WAIT_LIMIT_MS = 30_000;

const command = new Command("questions")
  .description(
    "Ask other questions than for a user's id of every approach that answers some (closed loads, as make bench makes them),\n" +
      "and order the last pieces of an item from many connections, with kills, two processes and controls that must fail.",
  )
  .addOption(sizeOption())
  .addOption(approachesOption())
  .addOption(approachesPathOption())
  .addOption(variable("--blocks <N>", "measurements of each", wholeNumber(1, 100), { value: 3, shown: "3" }))
  .addOption(variable("--duration <TIME>", "measured window", parseDuration, { value: 1_000, shown: "1s" }))
  .addOption(variable("--warmup <TIME>", "load before it", parseDuration, { value: 500, shown: "500ms" }))
  .addOption(variable("--seed <SEED>", "seed of the order and the keys (default: a new one)", parseSeed))
  .addOption(dataSeedOption())
  .addOption(dataOption())
  .addOption(databaseServerOption())
  .addOption(resultsOption());

interface Options extends ApproachOptions {
  readonly size: number;
  readonly blocks: number;
  readonly duration: number;
  readonly warmup: number;
  readonly seed?: number;
  readonly dataSeed: number;
  readonly data: string;
  readonly databaseServerUrl?: string;
  readonly results: string;
}

await runCommand(command, async (signal) => {
  const options = command.opts<Options>();
  const asked = await chooseAnswering(options);
  const seed = options.seed ?? randomInt(2 ** 32);
  const folder = await measure(toPlan(options, asked, seed), options, signal);
  const { data: dataRoot, dataSeed, databaseServerUrl } = options;
  const cases = listCases(asked, await loadFiles(CONTROLS));
  const place = { dataRoot, dataSeed, databaseServerUrl, seed, signal };
  const inventory = await orderLastPieces(cases, place, ({ approach, processes }, index) =>
    console.error(`[${index + 1}/${cases.length}] orders: ${approach}, processes: ${processes}`),
  );
  const { size, blocks, duration: durationMs, warmup: warmupMs } = options;
  const rates = await measureOrderRates(asked, { size, blocks, durationMs, warmupMs }, place, (name, block) =>
    console.error(`orders per second of two processes: ${name}, block ${block} of ${blocks}`),
  );
  const record: QuestionsRecord = {
    ...{ inventory, rates },
    sources: Object.fromEntries(Object.keys(asked).map((name) => [name, readSources(name)])),
  };
  writeQuestions(folder, record);
  const text = renderQuestions(writeReports(folder).data, record);
  replaceText(join(folder, "questions.md"), `${text}\n`);
  console.log(`\n${text}\n\nresults: ${folder} (questions.md, questions.json, report.md)`);
  const wrong = inventory.findings.filter((finding) => !isAsExpected(finding));
  if (wrong.length > 0) throw new Error(`${wrong.length} cases of the inventory are not as expected`);
});

/** Those that answer something, unless somebody names others. */
async function chooseAnswering(options: Options): Promise<Approaches> {
  const answering = Object.entries<Approaches[string]>(approaches).flatMap(([name, { answers }]) =>
    answers === undefined ? [] : [name],
  );
  const own = Object.keys(await loadFiles(options.approachesPath));
  const names = options.approaches ?? [...answering, ...own].join();
  const chosen = await chooseApproaches({ ...options, approaches: names });
  const silent = Object.keys(chosen).find((name) => chosen[name]?.answers === undefined);
  if (silent !== undefined)
    throw new UsageError(
      `--approaches: ${silent} answers no question; expected some of ${answering.join(", ")}`,
    );
  return chosen;
}

function toPlan(options: Options, asked: Approaches, seed: number): RunPlan {
  const { size, dataSeed, blocks, duration, warmup } = options;
  const flags = [
    `--size ${size} --approaches ${Object.keys(asked).join(",")} --blocks ${blocks} --duration ${duration}ms`,
    `--warmup ${warmup}ms --seed ${seed} --data-seed ${dataSeed}`,
    ...options.approachesPath.map((path) => `--approaches-path ${path}`),
  ];
  return {
    ...{ size, dataSeed, approaches: asked, workloads: questionWorkloads, blocks, seed },
    ...{ load: "closed", durability: "lesson", connections: CONNECTIONS, countsCalls: false },
    ...{ durationMs: duration, warmupMs: warmup, waitLimitMs: WAIT_LIMIT_MS },
    command: `npm run questions -- ${flags.join(" ")}`,
  };
}

async function measure(plan: RunPlan, options: Options, signal: AbortSignal): Promise<string> {
  const { data: root, databaseServerUrl: url } = options;
  using told = tellRun(plan, undefined);
  return await runBench(plan, {
    ...{ dataRoot: root, resultsRoot: options.results, live: null, dashboards: null, signal },
    ...{ generator: builtin, generators: [builtin] },
    openTarget: () => openNativeTarget((cpus) => openDatabaseFor(plan.approaches, { root, cpus, url })),
    ...told.listeners,
  });
}
