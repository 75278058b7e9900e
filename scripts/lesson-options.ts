// The options of a lesson, and the settings that they make.
import { randomInt } from "node:crypto";
import { Command, Option } from "commander";
import { parseSize } from "../lab/data/size.ts";
import type { LessonSettings } from "../lab/lesson/plan.ts";
import { type ApproachName, approaches, mainApproaches } from "../services/approaches/index.ts";
import {
  countsOption,
  databaseServerOption,
  dataOption,
  dataSeedOption,
  parseDuration,
  parseNames,
  resultsOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { parseSeed } from "./run-command.ts";

const DEFAULT_SIZES = [10_000, 100_000, 1_000_000];
/** The lessons'. */
const CONNECTIONS = 50;
const WAIT_LIMIT_MS = 120_000;
const NAMES = Object.keys(approaches) as ApproachName[];

export const lessonCommand = new Command("lesson")
  .description(
    "Measure all approaches at several sizes as the lessons do, make the experiments that their claims need, and judge " +
      "every claim. Stopped and called again, it goes on where it was.\n" +
      "Services run as processes: several sizes of one approach are up at once. `make lesson MODE=docker` runs all of them " +
      "in one container.",
  )
  .addOption(
    variable("--sizes <LIST>", "numbers of users, separated by commas", parseSizes, {
      value: DEFAULT_SIZES,
      shown: "10k,100k,1M",
    }),
  )
  .addOption(
    variable("--approaches <NAMES>", "approaches, separated by commas", parseApproaches, {
      value: mainApproaches,
      shown: mainApproaches.join(","),
    }),
  )
  .addOption(
    variable(
      "--blocks <N>",
      "how often everything is measured; it takes 5 to judge a claim",
      wholeNumber(1, 100),
      {
        value: 5,
        shown: "5",
      },
    ),
  )
  .addOption(
    variable("--duration <TIME>", "measured window of a trial", parseDuration, { value: 2_000, shown: "2s" }),
  )
  .addOption(
    variable("--warmup <TIME>", "load before the window", parseDuration, { value: 1_500, shown: "1.5s" }),
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
  .addOption(resultsOption())
  .addOption(new Option("--fresh", "begin anew, whatever there is").env("FRESH"))
  .option("--list", "print what is still to be done, and measure nothing");

export interface LessonOptions {
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

/** What a lesson is to be; the seed may be any where nobody asked for one. */
export function toSettings(options: LessonOptions) {
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

export type WantedSettings = ReturnType<typeof toSettings>;

/** Chooses a seed where nobody did. */
export function withSeed(wanted: WantedSettings): LessonSettings {
  return { ...wanted, seed: wanted.seed ?? randomInt(2 ** 32) };
}

/** Returns the command that repeats a lesson. */
export function formatCommand(settings: LessonSettings): string {
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
  return ["npm run lesson --", ...words].join(" ");
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
