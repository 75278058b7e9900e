// The options of the crash experiments, and the plan that they make.
import { randomInt } from "node:crypto";
import { Command, Option } from "commander";
import { experiments } from "../lab/crash/experiments.ts";
import type { CrashPlan } from "../lab/crash/run.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import {
  type ApproachOptions,
  approachesOption,
  approachesPathOption,
  dataOption,
  parseNames,
  RESULTS_ROOT,
  variable,
} from "./options.ts";
import { parseSeed } from "./run-command.ts";

const NAMES = experiments.map(({ name }) => name);

export interface CrashOptions extends ApproachOptions {
  readonly only: readonly string[];
  readonly full?: true;
  readonly seed?: number;
  readonly data: string;
  readonly results: string;
  readonly list?: true;
}

export const crashCommand = new Command("crash")
  .description(
    "Break the services and see what survives: every approach that stores what it is given, at every level of DURABILITY,\n" +
      "and naive ways that must fail. What needs root or a tool that is not here is not run, and says so.\n" +
      experiments.map(({ name, summary }) => `  ${name.padEnd(6)} ${summary}`).join("\n"),
  )
  .addOption(
    variable("--only <NAMES>", `experiments, separated by commas`, (text) => parseNames(text, NAMES), {
      value: NAMES,
      shown: NAMES.join(","),
    }),
  )
  .addOption(approachesOption())
  .addOption(approachesPathOption())
  .addOption(
    new Option("--full", "all that can be said: 100 kills each, every byte of SQLite's log").env("FULL"),
  )
  .addOption(variable("--seed <SEED>", "seed of all moments of chance (default: a new one)", parseSeed))
  .addOption(dataOption())
  .addOption(new Option("--results <FOLDER>", "folder of the results").default(RESULTS_ROOT))
  .option("--list", "print the cases, and make none");

/** Turns options into a plan, with a new seed where none was given. */
export function toPlan(options: CrashOptions, approaches: Approaches): CrashPlan {
  const seed = options.seed ?? randomInt(2 ** 32);
  const isFull = options.full !== undefined;
  const files = options.approachesPath.join(",");
  const flags = [
    `--only ${options.only.join(",")}`,
    `--approaches ${Object.keys(approaches).join(",")}`,
    ...(files === "" ? [] : [`--approaches-path ${files}`]),
    ...(isFull ? ["--full"] : []),
    `--seed ${seed}`,
  ];
  return {
    experiments: experiments.filter(({ name }) => options.only.includes(name)),
    approaches,
    seed,
    isFull,
    command: `npm run crash -- ${flags.join(" ")}`,
  };
}
