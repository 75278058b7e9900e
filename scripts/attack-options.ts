// The options of the attacks, and the plan that they make.
import { randomInt } from "node:crypto";
import { Command, Option } from "commander";
import { attacks } from "../lab/attack/attacks.ts";
import type { AttackPlan } from "../lab/attack/run.ts";
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

const NAMES = attacks.map(({ name }) => name);

export interface AttackOptions extends ApproachOptions {
  readonly only: readonly string[];
  readonly full?: true;
  readonly seed?: number;
  readonly data: string;
  readonly results: string;
  readonly list?: true;
}

export const attackCommand = new Command("attack")
  .description(
    "Attack the services, each on data of its own and on this machine alone: bad input, slow and vanishing clients, more load\n" +
      "than they can bear, a database that fails. Each must answer as /openapi.json says or not at all, stay within its memory\n" +
      "and descriptors, be well again within seconds, and lose nothing that it acknowledged.\n" +
      attacks.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join("\n"),
  )
  .addOption(
    variable("--only <NAMES>", "attacks, separated by commas", (text) => parseNames(text, NAMES), {
      value: NAMES,
      shown: "all",
    }),
  )
  .addOption(approachesOption())
  .addOption(approachesPathOption())
  .addOption(
    new Option("--full", "all that can be said: 10,000 connections, a minute of overload, ten of soak").env(
      "FULL",
    ),
  )
  .addOption(variable("--seed <SEED>", "seed of all that is chance (default: a new one)", parseSeed))
  .addOption(dataOption())
  .addOption(new Option("--results <FOLDER>", "folder of the results").default(RESULTS_ROOT))
  .option("--list", "print the attacks on each approach, and make none");

/** Turns options into a plan, with a new seed where none was given. */
export function toPlan(options: AttackOptions, approaches: Approaches): AttackPlan {
  const seed = options.seed ?? randomInt(2 ** 32);
  const isFull = options.full !== undefined;
  const files = options.approachesPath.join(",");
  const flags = [
    ...(options.only.length < NAMES.length ? [`--only ${options.only.join(",")}`] : []),
    `--approaches ${Object.keys(approaches).join(",")}`,
    ...(files === "" ? [] : [`--approaches-path ${files}`]),
    ...(isFull ? ["--full"] : []),
    `--seed ${seed}`,
  ];
  const chosen = attacks.filter(({ name }) => options.only.includes(name));
  return { attacks: chosen, approaches, seed, isFull, command: `npm run attack -- ${flags.join(" ")}` };
}
