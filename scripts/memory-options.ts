// The options of the experiment with a limit of memory, and the plan that they make.
import { randomInt } from "node:crypto";
import { Command, Option } from "commander";
import { MULTIPLES, planSizes } from "../lab/memory/plan.ts";
import type { MemoryPlan } from "../lab/memory/run.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import {
  type ApproachOptions,
  approachesOption,
  approachesPathOption,
  dataOption,
  dataSeedOption,
  parseLimit,
  resultsOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { parseSeed } from "./run-command.ts";

/** PostgreSQL's buffers are half of it and a service without users a fifth: docs/decisions/0029-memory-limit.md. */
const DEFAULT_LIMIT = "256MiB";

export interface MemoryOptions extends ApproachOptions {
  readonly limit: number;
  readonly multiples?: readonly number[];
  readonly blocks: number;
  readonly full?: true;
  readonly seed?: number;
  readonly dataSeed: number;
  readonly data: string;
  readonly results: string;
}

export const memoryCommand = new Command("memory")
  .description(
    "Give each approach the same fixed memory, the cached pages of its files included, and data from a quarter of it to four times\n" +
      "as much: does it start, and how does it answer? Needs root and Linux's control groups.",
  )
  .addOption(
    variable("--limit <SIZE>", "memory of a service and all that it needs", parseLimit, {
      value: parseLimit(DEFAULT_LIMIT),
      shown: DEFAULT_LIMIT,
    }),
  )
  .addOption(
    variable(
      "--multiples <NUMBERS>",
      `sizes of users.jsonl as multiples of the limit, separated by commas (default: ${MULTIPLES.short.join(",")})`,
      parseMultiples,
    ),
  )
  .addOption(
    variable("--blocks <N>", "times that everything is measured, in random order", wholeNumber(1, 100), {
      value: 1,
      shown: "1",
    }),
  )
  .addOption(approachesOption())
  .addOption(approachesPathOption())
  .addOption(
    new Option(
      "--full",
      `multiples ${MULTIPLES.full.join(",")}, and ten million users: takes tens of GB`,
    ).env("FULL"),
  )
  .addOption(variable("--seed <SEED>", "seed of order and keys (default: a new one)", parseSeed))
  .addOption(dataSeedOption())
  .addOption(dataOption())
  .addOption(resultsOption());

/** Turns options into a plan, with a new seed where none was given. */
export function toPlan(options: MemoryOptions, approaches: Approaches): MemoryPlan {
  const { limit: limitBytes, blocks, dataSeed } = options;
  const isFull = options.full !== undefined;
  const seed = options.seed ?? randomInt(2 ** 32);
  const multiples = options.multiples ?? (isFull ? MULTIPLES.full : MULTIPLES.short);
  const files = options.approachesPath.join(",");
  const flags = [
    `--limit ${limitBytes / 2 ** 20}MiB`,
    `--multiples ${multiples.join(",")}`,
    `--blocks ${blocks}`,
    `--approaches ${Object.keys(approaches).join(",")}`,
    ...(files === "" ? [] : [`--approaches-path ${files}`]),
    ...(isFull ? ["--full"] : []),
    `--seed ${seed}`,
    `--data-seed ${dataSeed}`,
  ];
  const sizes = planSizes(limitBytes, multiples, { dataSeed, isFull });
  return {
    approaches,
    limitBytes,
    sizes,
    blocks,
    seed,
    dataSeed,
    command: `npm run memory -- ${flags.join(" ")}`,
  };
}

/** Parses numbers such as 0.25,1,4. @throws RangeError for anything else */
export function parseMultiples(text: string): number[] {
  const numbers = text.split(",").map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : Number.NaN));
  if (!numbers.every((number) => number >= 0.01 && number <= 100))
    throw new RangeError("expected numbers from 0.01 to 100, separated by commas, such as 0.25,1,4");
  return numbers;
}
