// The options of the experiment with several writers, and the plan that they make.
import { randomInt } from "node:crypto";
import { Command, InvalidArgumentError, Option } from "commander";
import { CONTAINER_GROUPS } from "../lab/targets/compose-group.ts";
import { NATIVE_GROUPS } from "../lab/targets/native-group.ts";
import { listCells, SUBJECTS } from "../lab/writers/plan.ts";
import type { WritersPlan } from "../lab/writers/run.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import { mainApproaches } from "../services/approaches/index.ts";
import {
  type ApproachOptions,
  approachesPathOption,
  databaseServerOption,
  dataOption,
  dataSeedOption,
  parseDuration,
  RESULTS_ROOT,
  sizeOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { parseSeed } from "./run-command.ts";

export interface WritersOptions extends ApproachOptions {
  readonly size: number;
  readonly duration: number;
  readonly blocks: number;
  readonly connections: number;
  readonly seed?: number;
  readonly dataSeed: number;
  readonly full: boolean;
  readonly mode: "native" | "docker";
  readonly databaseServerUrl?: string;
  readonly data: string;
  readonly out: string;
  readonly list?: true;
}

/** Those that have a second container. */
export const IN_CONTAINERS = SUBJECTS.filter((name) => (mainApproaches as readonly string[]).includes(name));

/** Some seconds of a linear scan are a sample; the others have everything in less. */
const READ_ALL_LIMIT_MS = 1_000;

export const writersCommand = new Command("writers")
  .description(
    "Let several processes write to one store: what it costs, what is lost, what others do not see.\n" +
      "Every option can also be an environment variable: make writers SIZE=1M APPROACHES=map,sqlite FULL=1",
  )
  .addOption(sizeOption())
  .addOption(
    new Option(
      "--approaches <NAMES>",
      `approaches, separated by commas (default: ${SUBJECTS.join(",")})`,
    ).env("APPROACHES"),
  )
  .addOption(approachesPathOption())
  .addOption(
    variable("--duration <TIME>", "time in which there are posts only, in each trial", parseDuration, {
      value: 500,
      shown: "500ms",
    }),
  )
  .addOption(
    variable("--blocks <N>", "how often everything is measured", wholeNumber(1, 1_000), {
      value: 5,
      shown: "5",
    }),
  )
  .addOption(
    variable("--connections <N>", "connections of all processes together", wholeNumber(4, 10_000), {
      value: 50,
      shown: "50",
    }),
  )
  .addOption(variable("--seed <SEED>", "seed of all orders and of the kills (default: a new one)", parseSeed))
  .addOption(dataSeedOption())
  .addOption(
    new Option("--full [YES]", "also SQLite's other settings, four processes, and more kills (0: not)")
      .env("FULL")
      .preset("1")
      .argParser(parseYes)
      .default(false),
  )
  .addOption(
    new Option("--mode <MODE>", "where services run: as processes, or in the containers beside this one")
      .choices(["native", "docker"])
      .default("native"),
  )
  .addOption(databaseServerOption())
  .addOption(dataOption())
  .addOption(new Option("--out <FOLDER>", "folder of the results").env("OUT").default(RESULTS_ROOT))
  .option("--list", "print the steps in their order, and measure nothing");

/** Parses what a variable says of a thing that is on or off. */
function parseYes(text: string): boolean {
  if (text === "1" || text === "true") return true;
  if (text === "0" || text === "false" || text === "") return false;
  throw new InvalidArgumentError("expected 1 or 0.");
}

/** Turns options into a plan, with a new seed where none was given. @param chosen the rows that the options name */
export function toPlan(options: WritersOptions, chosen: Approaches): WritersPlan {
  const { size, dataSeed, blocks, connections, duration, mode } = options;
  const seed = options.seed ?? randomInt(2 ** 32);
  const isFull = options.full;
  const offer = mode === "docker" ? CONTAINER_GROUPS : NATIVE_GROUPS;
  const flags = {
    size,
    approaches: Object.keys(chosen).join(","),
    ...(options.approachesPath.length > 0 && { "approaches-path": options.approachesPath.join(",") }),
    duration: `${duration}ms`,
    blocks,
    connections,
    seed,
    "data-seed": dataSeed,
  };
  return {
    command: formatCommand(mode, flags, isFull),
    offer,
    cells: listCells(chosen, isFull, offer),
    ...{ size, dataSeed, blocks, seed, connections, isFull },
    durationMs: duration,
    readAllLimitMs: READ_ALL_LIMIT_MS,
    approaches: chosen,
  };
}

/** Returns the command that repeats a run: in containers, whose variables are set from outside, that of make. */
function formatCommand(
  mode: WritersOptions["mode"],
  flags: Readonly<Record<string, string | number>>,
  isFull: boolean,
): string {
  const entries = Object.entries(flags);
  if (mode === "native") {
    const words = entries.map(([name, value]) => `--${name} ${value}`);
    return ["npm run writers --", ...words, ...(isFull ? ["--full"] : [])].join(" ");
  }
  const words = entries.map(([name, value]) => `${name.toUpperCase().replaceAll("-", "_")}=${value}`);
  return ["make writers MODE=docker", ...words, ...(isFull ? ["FULL=1"] : [])].join(" ");
}
