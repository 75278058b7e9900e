// The options that the experiments with crashes and attacks have in common, and the plan that they make.
import { randomInt } from "node:crypto";
import { Command, Option } from "commander";
import type { RunPlan } from "../lab/measure/run-record.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import {
  type ApproachOptions,
  approachesOption,
  approachesPathOption,
  dataOption,
  parseNames,
  resultsOption,
  variable,
} from "./options.ts";
import { parseSeed } from "./run-command.ts";

export interface ExperimentOptions extends ApproachOptions {
  readonly only: readonly string[];
  readonly full?: true;
  readonly seed?: number;
  readonly data: string;
  readonly results: string;
  readonly list?: true;
}

/** A part of a command's work that can be asked for alone. */
interface Part {
  readonly name: string;
  readonly summary: string;
}

/** Makes a command.
 * @param description what it does; the summaries of its parts come below
 * @param full what its full form does */
export function experimentCommand(
  name: string,
  parts: readonly Part[],
  { description, full }: { readonly description: string; readonly full: string },
): Command {
  const names = parts.map((part) => part.name);
  const width = Math.max(...names.map(({ length }) => length));
  const summaries = parts.map((part) => `  ${part.name.padEnd(width)} ${part.summary}`);
  return new Command(name)
    .description([description, ...summaries].join("\n"))
    .addOption(
      variable("--only <NAMES>", "parts, separated by commas", (text) => parseNames(text, names), {
        value: names,
        shown: names.join(","),
      }),
    )
    .addOption(approachesOption())
    .addOption(approachesPathOption())
    .addOption(new Option("--full", `all that can be said: ${full}`).env("FULL"))
    .addOption(variable("--seed <SEED>", "seed of all that is chance (default: a new one)", parseSeed))
    .addOption(dataOption())
    .addOption(resultsOption())
    .option("--list", "print what would be done, and do none of it");
}

/** Turns options into a plan, with a new seed where none was given. */
export function toPlan(
  command: Command,
  approaches: Approaches,
): RunPlan & { readonly approaches: Approaches } {
  const options = command.opts<ExperimentOptions>();
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
  return { approaches, seed, isFull, command: `npm run ${command.name()} -- ${flags.join(" ")}` };
}
